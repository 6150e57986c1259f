/** The event types: a switch each, in groups, with counts; all, none, only one; a search where they are many. */

import { button, el, pin, signOf } from "./elements.ts";
import type { Filter, Result } from "./filter.ts";
import { fold } from "./search.ts";
import type { Store } from "./store.ts";
import { groupTitle, layerTitle, number, t } from "./strings.ts";

const MANY = 12; // layers from which they can be searched

interface Line {
  row: HTMLElement;
  box: HTMLInputElement;
  output: HTMLOutputElement;
  words: string; // folded
}

export class LayerSwitches {
  readonly node: HTMLElement;
  private readonly lines: Line[];
  private readonly groups: { members: number[]; box: HTMLInputElement; set: HTMLElement }[];

  constructor(store: Store, filter: () => Filter, changed: () => void) {
    const { layers } = store.head;
    const set = (members: number[], on: boolean) => {
      for (const n of members) filter().layers[n] = on ? 1 : 0;
      changed();
    };
    const every = layers.map((_, n) => n);
    const only = (n: number) => {
      filter().layers.fill(0);
      set([n], true);
    };
    const checkbox = (attributes: Record<string, string>, change: (on: boolean) => void) =>
      el("input", { type: "checkbox", ...attributes, onchange: ({ target }: { target: HTMLInputElement }) => change(target.checked) });
    this.lines = layers.map((layer, n) => {
      const box = checkbox({ "data-layer": layer.id }, (on) => set([n], on));
      const output = el("output", {});
      const name = layerTitle(layer);
      const alone = button({ class: "gm-only", "aria-label": t("onlyThisLong", { name }), onclick: () => only(n) }, t("onlyThis"));
      const label = el("label", {}, box, pin(layer.color, signOf(layer)), el("span", { dir: "auto" }, name));
      return { box, output, words: fold(name), row: el("div", { class: "gm-row" }, label, alone, output) };
    });
    const names = [...new Set(layers.map((layer) => layer.group))];
    this.groups = names.map((name) => {
      const members = every.filter((n) => layers[n].group === name);
      const box = checkbox({}, (on) => set(members, on));
      const legend = el("legend", { hidden: names.length < 2 }, el("label", { class: "gm-group" }, box, el("span", { dir: "auto" }, groupTitle(name))));
      return { members, box, set: el("fieldset", {}, legend, ...members.map((n) => this.lines[n].row)) };
    });
    const find = el("input", {
      type: "search", class: "gm-find", placeholder: t("findType"), "aria-label": t("findType"), hidden: layers.length < MANY,
      oninput: ({ target }: { target: HTMLInputElement }) => this.find(target.value),
    }); // prettier-ignore
    const heading = el(
      "div",
      { class: "gm-heading" },
      find,
      button({ onclick: () => set(every, true) }, t("all")),
      button({ onclick: () => set(every, false) }, t("noneShown")),
    );
    this.node = el("div", { class: "gm-layers" }, heading, ...this.groups.map((one) => one.set));
  }

  private find(words: string): void {
    const term = fold(words.trim());
    for (const line of this.lines) line.row.hidden = !line.words.includes(term);
    for (const { members, set } of this.groups) set.hidden = members.every((n) => this.lines[n].row.hidden);
  }

  show(filter: Filter, { perLayer }: Result): void {
    this.lines.forEach(({ row, box, output }, n) => {
      box.checked = filter.layers[n] === 1;
      row.classList.toggle("gm-off", !box.checked);
      output.textContent = number(perLayer[n]);
    });
    for (const { members, box } of this.groups) {
      const on = members.filter((n) => filter.layers[n]).length;
      box.checked = on === members.length;
      box.indeterminate = on > 0 && on < members.length;
    }
  }
}
