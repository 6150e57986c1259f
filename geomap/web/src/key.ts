/** The key: what marks mean, where data come from, and the page's language. */

import { el, link, pin } from "./elements.ts";
import type { Store } from "./store.ts";
import { languages, number, plural, t } from "./strings.ts";
import { statusTitle } from "./words.ts";

const SAMPLE = "#5f6f85";
const MOST = 300; // publishers that are named

/** `language` is the code of the one in use; `choose` is called with another. */
export function keyOf(store: Store, language: string, choose: (code: string) => void): HTMLElement[] {
  const { head, columns } = store;
  const row = (mark: HTMLElement, words: string) => el("p", { class: "gm-row" }, mark, el("span", {}, words));
  const donut = el("span", { class: "gm-donut", "aria-hidden": "true" }, el("span", {}, number(9)));
  donut.style.background = "conic-gradient(#5f6f85 0 200deg, #b0703a 200deg 290deg, #4a8f6a 290deg)";
  const used = new Set(columns.status);
  const statuses = head.statuses.filter((_, n) => used.has(n)).map((status) => row(pin(SAMPLE, "", status), statusTitle(status)));
  const faint = columns.main.every(Boolean) ? [] : [row(pin(SAMPLE, "", "reported", false, true), t("background"))];
  const counts = new Uint32Array(head.publishers.length);
  for (const n of columns.publishers.values) counts[n]++;
  const order = head.publishers.map((_, n) => n).sort((a, b) => counts[b] - counts[a] || a - b);
  const listed = order.slice(0, MOST).map((n) => el("li", { dir: "auto" }, `${head.publishers[n]} (${number(counts[n])})`));
  if (order.length > MOST) listed.push(el("li", {}, t("andMore", { n: order.length - MOST })));
  const credit = (sentence: "places" | "outlines", ...sources: HTMLElement[]) => {
    const [before, after] = t(sentence).split("{source}");
    return el("p", {}, before, ...sources, after);
  };
  const license = link("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0");
  const choice = el(
    "select",
    { "aria-label": t("language"), onchange: ({ target }: { target: HTMLSelectElement }) => choose(target.value) },
    ...languages().map(({ code, name }) => el("option", { value: code, selected: code === language, lang: code }, name)),
  );
  const parts: (HTMLElement | "")[] = [
    el("h2", {}, t("marks")),
    row(pin(SAMPLE, ""), t("markPoint")),
    row(pin(SAMPLE, "", "reported", true), t("markArea")),
    row(donut, t("donutKey")),
    row(el("span", { class: "gm-area", "aria-hidden": "true" }), t("areaKey")),
    row(el("span", { class: "gm-dashed", "aria-hidden": "true" }), t("disputedBorder")),
    el("h2", {}, t("status")),
    ...statuses,
    ...faint,
    el("h2", {}, t("about")),
    head.description ? el("p", { dir: "auto", class: "gm-description" }, head.description) : el("p", {}, t("advice")),
    head.description ? el("p", {}, t("advice")) : "",
    credit("places", link("https://www.geonames.org/", "GeoNames"), el("span", {}, " ("), license, el("span", {}, ")")),
    credit("outlines", link("https://www.naturalearthdata.com/", "Natural Earth")),
    el("p", {}, link("https://leafletjs.com/", "Leaflet"), " · ", t("quotesBelong")),
    el("p", { class: "gm-language" }, el("label", {}, `${t("language")} `, choice)),
    head.publishers.length
      ? el("details", {}, el("summary", {}, plural("publishers", head.publishers.length)), el("ul", { class: "gm-publishers" }, ...listed))
      : "",
  ];
  return parts.filter((node): node is HTMLElement => node !== "");
}
