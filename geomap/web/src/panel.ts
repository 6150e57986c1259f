/** The panel beside the map, or below it on narrow screens: search, list, card, event types, filters and key. */

import { button, el, later } from "./elements.ts";
import { ORDERS, type Order } from "./filter.ts";
import type { IncidentList } from "./list.ts";
import type { Store } from "./store.ts";
import { dayWords, number, plural, t, type Key } from "./strings.ts";

export type Tab = "list" | "types" | "filters" | "key";
export type Which = "placed" | "unplaced";

const ORDER_WORDS: Record<Order, Key> = {
  newest: "sortNewest", oldest: "sortOldest", killed: "sortKilled", reports: "sortReports", score: "sortScore",
}; // prettier-ignore

export interface Actions {
  search(words: string): void;
  reset(): void;
  sort(order: Order): void;
  listed(): void; // the list shall be filled anew
  save(kind: "geojson" | "csv" | "png"): void;
  resize(): void;
  searchSoon(): void; // the reader is about to search
}

export interface Parts {
  list: IncidentList;
  types: HTMLElement;
  filters: HTMLElement;
  key: HTMLElement[];
  dates: HTMLElement;
}

export class Panel {
  which: Which = "placed";
  readonly onlyView: HTMLInputElement;
  private readonly node: HTMLElement;
  private readonly store: Store;
  private readonly act: Actions;
  private readonly tabs: Record<Tab, { tab: HTMLButtonElement; panel: HTMLElement }>;
  private readonly handle: HTMLButtonElement;
  private readonly brief = el("span", { class: "gm-count" });
  private readonly searchField: HTMLInputElement;
  private readonly matching = el("span", { "aria-live": "polite", role: "status" });
  private readonly resetButton: HTMLButtonElement;
  private readonly sortField: HTMLSelectElement;
  private readonly whichButtons: Record<Which, HTMLButtonElement>;
  private readonly heading = el("h2", { class: "gm-here", tabindex: "-1" });
  private readonly listing: HTMLElement;
  private readonly card = el("div", { class: "gm-card", hidden: true });
  private readonly content: HTMLElement;
  private readonly dates: HTMLElement;

  constructor(store: Store, act: Actions, parts: Parts) {
    this.store = store;
    this.act = act;
    this.dates = parts.dates;
    this.handle = button({ class: "gm-handle", onclick: () => this.setOpen(!this.isOpen) });
    const find = later(120, () => act.search(this.searchField.value));
    this.searchField = el("input", {
      type: "search", placeholder: t("search"), "aria-label": t("searchLabel"), autocomplete: "off", maxlength: 200,
      oninput: find, onfocus: () => act.searchSoon(),
    }); // prettier-ignore
    this.resetButton = button({ class: "gm-reset", hidden: true, onclick: () => act.reset() }, t("clearFilters"));
    this.sortField = el(
      "select",
      { "aria-label": t("sort"), onchange: ({ target }: { target: HTMLSelectElement }) => act.sort(target.value as Order) },
      ...ORDERS.map((order) => el("option", { value: order }, t(ORDER_WORDS[order]))),
    );
    this.onlyView = el("input", { type: "checkbox", class: "gm-only-view", checked: true, onchange: () => act.listed() });
    const choose = (which: Which) => () => {
      this.choose(which);
      act.listed();
    };
    this.whichButtons = {
      placed: button({ "aria-pressed": "true", onclick: choose("placed") }),
      unplaced: button({ "aria-pressed": "false", onclick: choose("unplaced") }),
    };
    const save = (kind: "geojson" | "csv" | "png", words: Key) => button({ "data-save": kind, onclick: () => act.save(kind) }, t(words));
    const saving = el(
      "details",
      { class: "gm-save" },
      el("summary", {}, t("download")),
      el("p", {}, save("geojson", "saveGeojson"), save("csv", "saveCsv"), save("png", "savePng")),
    );
    this.listing = el(
      "div",
      { class: "gm-listing" },
      this.heading,
      el("div", { class: "gm-which", role: "group", "aria-label": t("list") }, this.whichButtons.placed, this.whichButtons.unplaced),
      el("div", { class: "gm-tools" }, this.sortField, el("label", {}, this.onlyView, el("span", {}, t("onlyView"))), saving),
      parts.list.node,
    );
    const contents: [Tab, Key, Node[]][] = [
      ["list", "list", [this.listing, this.card]],
      ["types", "eventTypes", [parts.types]],
      ["filters", "filters", [parts.filters]],
      ["key", "key", parts.key],
    ];
    this.tabs = Object.fromEntries(
      contents.map(([name, words, nodes]) => {
        const [tabId, id] = [`gm-tab-${name}`, `gm-${name}`];
        const tab = button({ role: "tab", id: tabId, "aria-controls": id, onclick: () => this.chooseTab(name) }, t(words));
        const panel = el("div", { role: "tabpanel", id, "aria-labelledby": tabId, class: `gm-tabpanel ${id}`, tabindex: "0" }, ...nodes);
        return [name, { tab, panel }];
      }),
    ) as unknown as Panel["tabs"];
    const names = contents.map(([name]) => name);
    const step = (event: KeyboardEvent) => {
      const at = names.findIndex((name) => this.tabs[name].tab === document.activeElement);
      const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
      const backward = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
      const move = event.key === forward ? 1 : event.key === backward ? -1 : 0;
      if (at < 0 || !move) return;
      const next = names[(at + move + names.length) % names.length];
      this.chooseTab(next);
      this.tabs[next].tab.focus();
    };
    const tabList = el("div", { class: "gm-tabs", role: "tablist", "aria-label": t("incidents").split("|")[0].replace("{n} ", ""), onkeydown: step }, ...names.map((name) => this.tabs[name].tab));
    const { title } = store.head;
    this.content = el(
      "div",
      { class: "gm-content" },
      el("section", { class: "gm-search", "aria-label": t("searchLabel"), hidden: !store.total }, this.searchField, el("p", { class: "gm-state" }, this.matching, this.resetButton)),
      tabList,
      ...names.map((name) => this.tabs[name].panel),
    );
    const summary = el("p", {}, this.brief, el("span", { class: "gm-summary" }, this.summary()));
    this.node = el(
      "aside",
      { class: "gm-panel", "aria-label": title },
      el("header", {}, this.handle, el("div", {}, el("h1", {}, el("bdi", {}, title)), summary)),
      this.content,
    );
    document.body.append(this.node);
    this.chooseTab("list");
    this.choose("placed");
  }

  get isOpen(): boolean {
    return document.body.classList.contains("gm-open");
  }

  /** Its upper edge, in pixels from that of the window. */
  get top(): number {
    return this.node.getBoundingClientRect().top;
  }

  setOpen(on: boolean): void {
    document.body.classList.toggle("gm-open", on);
    this.handle.setAttribute("aria-expanded", String(on));
    this.handle.setAttribute("aria-label", t(on ? "closePanel" : "openPanel"));
    this.act.resize();
  }

  /** Puts the dates among the filters, or below the map. */
  placeDates(inside: boolean): void {
    if (inside) this.tabs.filters.panel.prepend(this.dates);
    else document.body.append(this.dates);
  }

  chooseTab(chosen: Tab): void {
    for (const [name, { tab, panel }] of Object.entries(this.tabs)) {
      tab.setAttribute("aria-selected", String(name === chosen));
      tab.tabIndex = name === chosen ? 0 : -1;
      panel.hidden = name !== chosen;
    }
  }

  /** Lists those on the map, or those without a place. */
  choose(which: Which): void {
    this.which = which;
    for (const [name, node] of Object.entries(this.whichButtons)) node.setAttribute("aria-pressed", String(name === which));
    this.onlyView.closest("label")?.toggleAttribute("hidden", which === "unplaced");
  }

  /** A heading over the list, for the incidents at one spot; empty: none. */
  head(words: string): void {
    this.heading.textContent = words;
    this.heading.hidden = !words;
    this.listing.classList.toggle("gm-one-spot", words !== "");
  }

  showCard(card: HTMLElement | null): void {
    this.card.replaceChildren(...(card ? [card] : []));
    this.card.hidden = card === null;
    this.listing.hidden = card !== null;
    if (!card) return;
    this.chooseTab("list");
    this.tabs.list.panel.scrollTop = 0;
    this.content.scrollTop = 0;
    card.focus({ preventScroll: true });
  }

  focusHeading(): void {
    this.heading.focus();
  }

  showCounts(inView: number, placed: number, unplaced: number, whole: boolean): void {
    const { total } = this.store;
    this.brief.textContent = t("inView", { n: inView });
    this.whichButtons.placed.replaceChildren(`${t("map")} `, el("output", {}, number(placed)));
    this.whichButtons.unplaced.replaceChildren(`${t("noPlace")} `, el("output", {}, number(unplaced)));
    this.whichButtons.unplaced.parentElement?.toggleAttribute("hidden", unplaced === 0 && this.which === "placed");
    this.resetButton.hidden = whole;
    this.matching.textContent = whole ? "" : t("match", { n: placed + unplaced, total });
  }

  say(words: string): void {
    this.matching.textContent = words;
  }

  showWords(words: string): void {
    if (this.searchField.value.trim() !== words.trim()) this.searchField.value = words;
  }

  showOrder(order: Order): void {
    this.sortField.value = order;
  }

  private summary(): string {
    const { total, firstDay, lastDay, head } = this.store;
    const placeless = this.store.columns.lat.reduce((n, lat) => n + (Number.isNaN(lat) ? 1 : 0), 0);
    const parts = [total ? plural("incidents", total) : t("noIncident")];
    if (firstDay === lastDay) parts.push(dayWords(firstDay, "short"));
    else if (firstDay < lastDay) parts.push(`${dayWords(firstDay, "short")} – ${dayWords(lastDay, "short")}`);
    if (head.publishers.length) parts.push(plural("publishers", head.publishers.length));
    if (placeless) parts.push(t("withoutPlace", { n: placeless }));
    return parts.join(" · ");
  }
}
