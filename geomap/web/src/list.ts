/** A list of incidents: a hundred at a time, walked with the arrow keys. */

import { pinOf } from "./detail.ts";
import { button, el } from "./elements.ts";
import type { Store } from "./store.ts";
import { t } from "./strings.ts";
import { layerTitle, placeWords, titleOf, when } from "./words.ts";

const PAGE = 100; // incidents that a list shows at once

export class IncidentList {
  readonly node = el("ul", { class: "gm-list" });
  private readonly store: Store;
  private readonly open: (i: number) => void;
  private readonly point: (i: number | null) => void;
  private call = 0;

  constructor(store: Store, open: (i: number) => void, point: (i: number | null) => void) {
    this.store = store;
    this.open = open;
    this.point = point;
    this.node.addEventListener("keydown", (event) => this.step(event));
    this.node.addEventListener("mouseleave", () => point(null));
    this.node.addEventListener("focusout", () => point(null));
  }

  /** Fills the list, or says why it is empty. A call that is overtaken does nothing. */
  async fill(ids: readonly number[], empty: string, limit = PAGE): Promise<void> {
    const call = ++this.call;
    if (!ids.length) {
      this.node.replaceChildren(el("li", { class: "gm-none" }, empty));
      return;
    }
    const items = await Promise.all(ids.slice(0, limit).map((i) => this.item(i)));
    if (call !== this.call) return;
    if (ids.length > limit) {
      const more = async () => {
        await this.fill(ids, empty, limit + PAGE);
        this.node.children[limit].querySelector("button")?.focus();
      };
      items.push(el("li", {}, button({ class: "gm-more", onclick: () => void more() }, t("showMore", { n: ids.length - limit }))));
    }
    this.node.replaceChildren(...items);
  }

  private async item(i: number): Promise<HTMLElement> {
    const { store } = this;
    const row = await store.row(i);
    const place = store.isPlaced(i) ? placeWords(store, i) : "";
    const meta = [when(store, i, row), place, layerTitle(store.head.layers[store.columns.layer[i]])].filter(Boolean).join(" · ");
    const line = el("span", { class: "gm-line" }, el("b", { dir: "auto" }, titleOf(store, i, row)), el("small", {}, meta));
    const act = () => this.open(i);
    const show = () => this.point(i);
    return el("li", {}, button({ class: "gm-item", "data-id": store.ids[i], onclick: act, onmouseenter: show, onfocus: show }, pinOf(store, i), line));
  }

  /** Puts the keyboard on an incident's line, if it is here. */
  focus(id: string): boolean {
    const found = this.node.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    found?.focus();
    return found !== null;
  }

  private step(event: KeyboardEvent): void {
    const buttons = [...this.node.querySelectorAll<HTMLElement>("button")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, next))].focus();
  }
}
