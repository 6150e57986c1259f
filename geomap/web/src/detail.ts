/** The card that says all of one incident. */

import { button, el, link, pin, signOf } from "./elements.ts";
import { citationOf, correctionOf } from "./records.ts";
import type { Store } from "./store.ts";
import { plural, t } from "./strings.ts";
import type { Quote, Row } from "./types.ts";
import { codesOf, factsOf, layerTitle, titleOf, when } from "./words.ts";

export const pinOf = (store: Store, i: number): HTMLElement => {
  const layer = store.head.layers[store.columns.layer[i]];
  const area = store.isPlaced(i) && !store.isPoint(i);
  return pin(layer.color, signOf(layer), store.statusOf(i), area, !store.columns.main[i]);
};

/** Puts words on the clipboard; a page from the disk may have to go by way of a selection. */
export async function copy(words: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    const area = el("textarea", { class: "gm-offstage", "aria-hidden": "true" });
    area.value = words;
    document.body.append(area);
    area.select();
    document.execCommand("copy"); // eslint-disable-line @typescript-eslint/no-deprecated -- the only way from file:
    area.remove();
  }
}

const copier = (words: string, text: () => string): HTMLElement => {
  const node = button({ class: "gm-act" }, words);
  node.addEventListener("click", () => {
    void copy(text()).then(() => {
      node.textContent = t("copied");
      setTimeout(() => (node.textContent = words), 1500);
    });
  });
  return node;
};

function quoteOf({ text, mark, source }: Quote, row: Row, store: Store, n: number): HTMLElement {
  const letters = [...text]; // offsets count characters, not UTF-16 units
  const part = (a: number, b?: number) => letters.slice(a, b).join("");
  const words = mark ? [part(0, mark[0]), el("mark", {}, part(...mark)), part(mark[1])] : [text];
  const from = source >= 0 ? row.sources[source] : undefined;
  const said = row.claims
    .filter(({ quote }) => quote === n)
    .map(({ name, stance }) => `${t(store.head.stances[stance] as Parameters<typeof t>[0])} ${name}`);
  const foot = [from ? link(from.url, from.publisher || t("unnamedSource")) : null, said.length ? el("span", {}, [...new Set(said)].join("; ")) : null];
  const footer = foot.some(Boolean) ? el("footer", {}, ...foot) : "";
  return el("blockquote", {}, el("p", { dir: "auto" }, ...words), footer);
}

function sourcesOf({ sources, more }: Row): HTMLElement | "" {
  if (!sources.length) return "";
  const items = sources.map(({ publisher, title, url, published, copied }) => {
    const from = [title ? publisher : "", published, copied ? t("copiedText") : ""].filter(Boolean).join(", ");
    return el("li", {}, link(url, title || publisher || t("unnamedSource")), el("small", { dir: "auto" }, from));
  });
  if (more) items.push(el("li", {}, t("andMore", { n: more })));
  const count = sources.length + more;
  return el("details", { class: "gm-sources", open: count <= 3 }, el("summary", {}, plural("sources", count)), el("ul", {}, ...items));
}

const listOf = (facts: [label: string, value: string][]): HTMLElement =>
  el("dl", {}, ...facts.flatMap(([label, value]) => [el("dt", {}, label), el("dd", { dir: "auto" }, value)]));

/** The card; `back` is called by its button, `address` gives the page's address with this incident open. */
export function cardOf(store: Store, i: number, row: Row, back: () => void, address: () => string): HTMLElement {
  const layer = store.head.layers[store.columns.layer[i]];
  const lines = correctionOf(store, i, row);
  return el(
    "article",
    { class: "gm-details", "data-id": store.ids[i], tabindex: "-1", "aria-label": titleOf(store, i, row) },
    button({ class: "gm-back", onclick: back }, t("back")),
    el("p", { class: "gm-kicker" }, pinOf(store, i), el("span", {}, layerTitle(layer)), el("span", { class: "gm-when" }, when(store, i, row))),
    el("h2", { dir: "auto" }, titleOf(store, i, row)),
    listOf(factsOf(store, i, row)),
    ...row.quotes.map((quote, n) => quoteOf(quote, row, store, n)),
    sourcesOf(row),
    el("p", { class: "gm-acts" }, copier(t("copyLink"), address), copier(t("copyCitation"), () => citationOf(store, i, row, address()))),
    el("details", { class: "gm-codes" }, el("summary", {}, t("codes")), listOf(codesOf(store, i))),
    el(
      "details",
      { class: "gm-correction" },
      el("summary", {}, t("correction")),
      el("p", {}, t("correctionHelp")),
      el("pre", { dir: "ltr", tabindex: "0" }, lines),
      copier(t("copyLines"), () => lines),
    ),
  );
}
