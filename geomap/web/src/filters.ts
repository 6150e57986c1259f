/** The filters besides words, dates and event types: status, precision, score, countries, actors, publishers. */

import { button, el, pin } from "./elements.ts";
import type { Filter, Result } from "./filter.ts";
import { fold } from "./search.ts";
import type { Lists, Store } from "./store.ts";
import { countryName, number, t, type Key } from "./strings.ts";
import { precisionTitle, statusTitle } from "./words.ts";

const OFFERED = 40; // names that a field offers at once
const SAMPLE = "#5f6f85";

interface Switch {
  box: HTMLInputElement;
  output: HTMLOutputElement;
  row: HTMLElement;
}

/** A field that chooses names from a long list; each chosen one stands below it with a button to take it out. */
class Chooser {
  readonly node: HTMLElement;
  private readonly chips = el("ul", { class: "gm-chips" });
  private readonly names: string[];
  private readonly chosen: () => Set<number>;
  private readonly changed: () => void;

  constructor(id: string, label: string, title: string, names: string[], counts: Uint32Array, chosen: () => Set<number>, changed: () => void) {
    this.names = names;
    this.chosen = chosen;
    this.changed = changed;
    const order = names.map((_, n) => n).sort((a, b) => counts[b] - counts[a] || a - b);
    const folded = names.map(fold);
    const options = el("datalist", { id: `gm-${id}-names` });
    const input = el("input", { type: "text", list: options.id, placeholder: label, "aria-label": label, autocomplete: "off", maxlength: 200 });
    const offer = () => {
      const words = fold(input.value.trim());
      const fitting = order.filter((n) => folded[n].includes(words) && !this.chosen().has(n)).slice(0, OFFERED);
      options.replaceChildren(...fitting.map((n) => el("option", { value: names[n] }, number(counts[n]))));
    };
    const take = (typed: boolean) => {
      const words = fold(input.value.trim());
      if (!words) return;
      let n = folded.indexOf(words);
      if (n < 0 && typed) n = order.find((one) => folded[one].startsWith(words)) ?? -1;
      if (n < 0) return;
      input.value = "";
      this.chosen().add(n);
      this.changed();
    };
    input.addEventListener("focus", offer);
    input.addEventListener("input", (event) => {
      offer();
      if ((event as InputEvent).inputType === "insertReplacementText") take(false); // chosen from the list
    });
    input.addEventListener("change", () => take(false));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") take(true);
    });
    this.node = el("div", { class: "gm-chooser", hidden: !names.length, "data-filter": id }, el("h2", {}, title), input, options, this.chips);
  }

  show(): void {
    const items = [...this.chosen()].map((n) => {
      const remove = () => {
        this.chosen().delete(n);
        this.changed();
      };
      const name = this.names[n];
      return el("li", {}, el("span", { dir: "auto" }, name), button({ "aria-label": t("remove", { name }), onclick: remove }, "×"));
    });
    this.chips.replaceChildren(...items);
  }
}

const countIn = (lists: Lists, size: number): Uint32Array => {
  const counts = new Uint32Array(size);
  for (const n of lists.values) counts[n]++;
  return counts;
};

export class Filters {
  readonly node: HTMLElement;
  private readonly statuses: Switch[];
  private readonly precisions: Switch[];
  private readonly background: HTMLInputElement;
  private readonly score: HTMLInputElement;
  private readonly scoreShown = el("output", {});
  private readonly choosers: Chooser[];

  constructor(store: Store, filter: () => Filter, changed: () => void) {
    const { head, columns } = store;
    const checkbox = (attributes: Record<string, string>, change: (on: boolean) => void) =>
      el("input", { type: "checkbox", ...attributes, onchange: ({ target }: { target: HTMLInputElement }) => change(target.checked) });
    const switches = (names: string[], data: string, used: Set<number>, on: () => Uint8Array, title: (name: string) => string, mark: (name: string) => Node) =>
      names.map((name, n): Switch => {
        const box = checkbox({ [data]: name }, (checked) => {
          on()[n] = checked ? 1 : 0;
          changed();
        });
        const output = el("output", {});
        const label = el("label", {}, box, mark(name), el("span", {}, title(name)));
        return { box, output, row: el("div", { class: "gm-row", hidden: !used.has(n) }, label, output) };
      });
    const area = (precision: string) => precision !== "site" && precision !== "town";
    this.statuses = switches(head.statuses, "data-status", new Set(columns.status), () => filter().statuses, statusTitle, (name) => pin(SAMPLE, "", name));
    this.precisions = switches(head.precisions, "data-precision", new Set(columns.precision), () => filter().precisions, precisionTitle, (name) => pin(SAMPLE, "", "reported", area(name)));
    this.background = checkbox({ "data-background": "true" }, (on) => {
      filter().background = on;
      changed();
    });
    this.score = el("input", {
      type: "range", min: 0, max: 100, step: 5, "aria-label": t("minimumScore"),
      oninput: ({ target }: { target: HTMLInputElement }) => {
        filter().score = Number(target.value);
        changed();
      },
    }); // prettier-ignore
    const countries = new Uint32Array(head.countries.length);
    for (const n of columns.country) if (n >= 0) countries[n]++;
    const chooser = (id: string, label: Key, title: Key, names: string[], counts: Uint32Array, chosen: () => Set<number>) =>
      new Chooser(id, t(label), t(title), names, counts, chosen, changed);
    this.choosers = [
      chooser("country", "addCountry", "countries", head.countries.map(countryName), countries, () => filter().countries),
      chooser("actor", "addActor", "actors", head.actors, countIn(columns.actors, head.actors.length), () => filter().actors),
      chooser("publisher", "addPublisher", "publishersTitle", head.publishers, countIn(columns.publishers, head.publishers.length), () => filter().publishers),
    ];
    const faint = el("label", {}, this.background, pin(SAMPLE, "", "reported", false, true), el("span", {}, t("background")));
    this.node = el(
      "div",
      { class: "gm-filters" },
      el("h2", {}, t("status")),
      ...this.statuses.map(({ row }) => row),
      el("div", { class: "gm-row", hidden: columns.main.every(Boolean) }, faint),
      el("h2", {}, t("precision")),
      ...this.precisions.map(({ row }) => row),
      ...this.choosers.map(({ node }) => node),
      el("h2", {}, t("minimumScore")),
      el("div", { class: "gm-row gm-score", title: t("scoreHelp") }, this.score, this.scoreShown),
    );
  }

  show(filter: Filter, { perStatus, perPrecision }: Result): void {
    const shown = (switches: Switch[], on: Uint8Array, counts: Uint32Array) =>
      switches.forEach(({ box, output, row }, n) => {
        box.checked = on[n] === 1;
        row.classList.toggle("gm-off", !box.checked);
        output.textContent = number(counts[n]);
      });
    shown(this.statuses, filter.statuses, perStatus);
    shown(this.precisions, filter.precisions, perPrecision);
    this.background.checked = filter.background;
    this.score.value = String(filter.score);
    this.scoreShown.textContent = number(filter.score / 100);
    for (const chooser of this.choosers) chooser.show();
  }
}
