/** The page: one state, and all that shows it. `window.geomap` lets scripts and tests ask and choose. */

import { Basemap } from "./basemap.ts";
import { cardOf } from "./detail.ts";
import { button, el, legible } from "./elements.ts";
import { allOf, apply, isWhole, sorted, type Result } from "./filter.ts";
import { Filters } from "./filters.ts";
import { keyOf } from "./key.ts";
import { LayerSwitches } from "./layers.ts";
import { IncidentList } from "./list.ts";
import { Marks } from "./marks.ts";
import { Panel } from "./panel.ts";
import { decode, encode, type View } from "./permalink.ts";
import { pictureOf } from "./picture.ts";
import { toCsv, toGeojson } from "./records.ts";
import { termsOf } from "./search.ts";
import { Store, unpack } from "./store.ts";
import { direction, nameCountries, plural, setLanguage, t } from "./strings.ts";
import { Timeline } from "./timeline.ts";
import type { Head } from "./types.ts";

const FIT = 7; // deepest zoom that the page chooses by itself
const narrow = matchMedia("(max-width: 760px)");
const params = new URLSearchParams(location.search);

class Page {
  readonly store: Store;
  view: View;
  result: Result;
  private readonly map: L.Map;
  private readonly basemap: Basemap;
  private readonly marks: Marks;
  private readonly panel: Panel;
  private readonly list: IncidentList;
  private readonly timeline: Timeline;
  private readonly layers: LayerSwitches;
  private readonly filters: Filters;
  private readonly overTiles: boolean;
  private spot: number[] | null = null; // the incidents at one spot that the list is about
  private selected: number | null = null;
  private opener: string | null = null; // id of the line that opened the card
  private moving = false; // the page itself moves the map
  private resized = ""; // the view after the map's last change of size: no one has chosen it
  private printed: L.LatLngBounds | null = null; // what the map shows while it is printed
  private heatButton: HTMLButtonElement | null = null;

  constructor(store: Store, map: L.Map, language: string) {
    this.store = store;
    this.map = map;
    this.overTiles = store.head.options.tiles !== null;
    this.view = decode(location.hash, store);
    this.result = apply(this.view.filter, store);
    this.prepareMap();
    this.basemap = new Basemap(map);
    this.marks = new Marks(map, store, this.basemap, this.overTiles, (ids, at) => this.openGroup(ids, at));
    this.list = new IncidentList(store, (i) => void this.openFromList(i), (i) => this.marks.point(i, false));
    this.timeline = new Timeline(store, (from, to, final) => {
      Object.assign(this.view.filter, { from, to });
      this.filterSoon(final);
    });
    const changed = () => this.filter(true);
    this.layers = new LayerSwitches(store, () => this.view.filter, changed);
    this.filters = new Filters(store, () => this.view.filter, changed);
    const choose = (code: string) => {
      const url = new URL(location.href);
      url.searchParams.set("lang", code);
      location.replace(url);
    };
    this.panel = new Panel(
      store,
      {
        search: (words) => void this.search(words, true),
        reset: () => this.reset(),
        sort: (order) => {
          this.view.order = order;
          void this.fillList();
          this.remember(false);
        },
        listed: () => {
          this.spot = null;
          void this.fillList();
        },
        save: (kind) => void this.save(kind),
        resize: () => this.move(() => map.invalidateSize({ pan: false })),
        searchSoon: () => void store.prepare(),
      },
      {
        list: this.list,
        types: this.layers.node,
        filters: this.filters.node,
        key: keyOf(store, language, choose),
        dates: this.timeline.node,
      },
    );
  }

  // Start -------------------------------------------------------------------------------------------------------------
  async start(): Promise<void> {
    const { map, panel } = this;
    const fold = () => {
      panel.placeDates(narrow.matches);
      panel.setOpen(!narrow.matches && !params.has("embed"));
    };
    fold();
    narrow.addEventListener("change", fold);
    if (params.has("embed")) document.body.classList.add("gm-embed");
    this.lookAt();
    await this.basemap.draw(this.overTiles);
    await this.show(this.view);
    const view = () => `${map.getZoom()},${map.getBounds().toBBoxString()}`;
    map.on("resize", () => (this.resized = view()));
    map.on("moveend", () => {
      this.marks.draw();
      void this.fillList();
      if (!this.moving && view() !== this.resized) {
        this.view.center = [map.getCenter().lat, map.getCenter().lng];
        this.view.zoom = map.getZoom();
        this.remember(false);
      }
    });
    window.addEventListener("popstate", () => void this.show(decode(location.hash, this.store), true));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.escape();
    });
    window.addEventListener("beforeprint", () => this.print(true));
    window.addEventListener("afterprint", () => this.print(false));
  }

  /** Gives the map the size it has on paper, with all in it that it shows, and back. */
  private print(on: boolean): void {
    const { map } = this;
    const bounds = this.printed ?? map.getBounds().pad(-0.05);
    this.printed = on ? bounds : null;
    document.body.classList.toggle("gm-print", on);
    this.move(() => map.invalidateSize({ pan: false }).fitBounds(bounds, { animate: false }));
  }

  /** Shows a state of the page: at the start, after a step back, or from a link. */
  private async show(view: View, moved = false): Promise<void> {
    this.view = view;
    if (moved) this.lookAt();
    this.timeline.stop();
    this.panel.showWords(view.filter.words);
    this.panel.showOrder(view.order);
    this.marks.setHeat(view.heat);
    this.showHeatButton();
    if (view.filter.words) await this.search(view.filter.words, false);
    else this.filter(false);
    const i = view.incident ? this.store.ids.indexOf(view.incident) : -1;
    if (i >= 0) await this.open(i, { move: view.center === null, push: false });
    else if (this.selected !== null) await this.close(false);
    if (i < 0) view.incident = "";
  }

  private lookAt(): void {
    if (this.view.center) this.move(() => this.map.setView(this.view.center as L.LatLngTuple, this.view.zoom, { animate: false }));
    else this.home();
  }

  private prepareMap(): void {
    const { map, store } = this;
    for (const [name, z] of [["gm-land", 150], ["gm-areas", 340], ["gm-labels", 360]] as const) {
      const pane = map.createPane(name);
      pane.style.zIndex = String(z);
      pane.style.pointerEvents = "none";
    } // prettier-ignore
    map.setMinZoom(1);
    // As an option: map.setMaxBounds would glide back after each move, and take the marks away from under the pointer.
    map.options.maxBounds = L.latLngBounds([[-86, -210], [86, 210]]); // prettier-ignore
    map.options.maxBoundsViscosity = 0.8;
    L.control.scale({ imperial: false }).addTo(map);
    const control = (words: string, sign: string, act: () => void) => {
      const node = button({ title: words, "aria-label": words, onclick: act }, sign);
      const bar = el("div", { class: "leaflet-bar gm-home" }, node);
      L.DomEvent.disableClickPropagation(bar);
      const made = new L.Control({ position: "topleft" });
      made.onAdd = () => bar;
      made.addTo(map);
      return node;
    };
    control(t("showAll"), "⤢", () => {
      this.home();
      this.view.center = null;
      this.remember(false);
    });
    if (store.total > 1)
      this.heatButton = control(t("heatShow"), "◍", () => {
        this.view.heat = !this.view.heat;
        this.marks.setHeat(this.view.heat);
        this.showHeatButton();
        void this.fillList();
        this.remember(true);
      });
    const outside = (url: string, words: string) => {
      const node = el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words);
      return node.outerHTML; // eslint-disable-line no-restricted-properties -- Leaflet takes attribution as markup
    };
    const credits = map.attributionControl;
    credits.setPrefix(outside("https://leafletjs.com/", "Leaflet"));
    credits.addAttribution(outside("https://www.naturalearthdata.com/", "Natural Earth"));
    credits.addAttribution(`${outside("https://www.geonames.org/", "GeoNames")} (CC BY 4.0)`);
    const { tiles } = store.head.options;
    if (tiles) {
      for (const { text, url } of tiles.attribution) credits.addAttribution(url ? outside(url, text) : el("span", {}, text).outerHTML); // eslint-disable-line no-restricted-properties -- as above
      L.tileLayer(tiles.url, { maxZoom: 19, maxNativeZoom: tiles.maxZoom, subdomains: tiles.subdomains, noWrap: false }).addTo(map);
    }
  }

  // The state ---------------------------------------------------------------------------------------------------------
  private readonly filterSoon = (() => {
    let frame = 0;
    let push = false;
    return (final: boolean) => {
      push ||= final;
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        this.filter(push);
        push = false;
      });
    };
  })();

  /** Applies the filter and shows everything anew; `push`: as a step that can be gone back. */
  filter(push: boolean): void {
    const { store, view } = this;
    this.result = apply(view.filter, store);
    this.spot = null;
    this.layers.show(view.filter, this.result);
    this.filters.show(view.filter, this.result);
    this.timeline.show(view.filter.from, view.filter.to);
    this.timeline.count(this.result.perDay, this.result.undated);
    this.marks.set(this.result.placed);
    void this.fillList();
    if (push) this.remember(true);
  }

  async search(words: string, push: boolean): Promise<void> {
    const { store, view } = this;
    const terms = termsOf(words);
    const { filter } = view;
    filter.words = words.trim();
    if (terms.length) {
      this.panel.say(t("searching"));
      const hits = await store.find(terms, () => filter !== this.view.filter || filter.words !== words.trim());
      if (!hits) return;
      filter.hits = hits;
    } else filter.hits = null;
    this.filter(push);
    if (push && filter.hits && this.result.placed.length && !this.marks.inView.length) this.fit(this.result.placed);
  }

  private reset(): void {
    this.view.filter = allOf(this.store);
    this.panel.showWords("");
    this.timeline.stop();
    this.filter(true);
  }

  /** Writes the state into the address. A page inside another page may not be allowed to. */
  private remember(push: boolean): void {
    const hash = encode(this.view, this.store);
    const url = `${location.pathname}${location.search}${hash ? `#${hash}` : ""}`;
    if (hash === location.hash.slice(1)) return;
    try {
      if (push && !params.has("embed")) history.pushState(null, "", url);
      else history.replaceState(null, "", url);
    } catch {
      // not allowed here
    }
  }

  private address(): string {
    const url = new URL(location.href);
    url.searchParams.delete("embed");
    const id = this.selected === null ? "" : `incident=${encodeURIComponent(this.store.ids[this.selected])}`;
    url.hash = id;
    return url.href;
  }

  // The map -----------------------------------------------------------------------------------------------------------
  private move(act: () => unknown): void {
    this.moving = true;
    act();
    this.moving = false;
  }

  private fit(ids: readonly number[]): void {
    const bounds = L.latLngBounds([]);
    const { radius } = this.store.columns;
    for (const i of ids) bounds.extend(this.marks.latLng(i).toBounds(2000 * Math.min(Math.max(radius[i], 10), 250)));
    const options: L.FitBoundsOptions = { paddingTopLeft: [30, 30], paddingBottomRight: [30, 30 + this.covered()], maxZoom: FIT, animate: false };
    this.move(() => {
      if (bounds.isValid()) this.map.fitBounds(bounds, options);
      else this.map.setView([24, 15], narrow.matches ? 1 : 2, { animate: false });
    });
  }

  /** How much of the map the panel covers from below, in pixels. */
  private covered(): number {
    if (!narrow.matches) return 0;
    return Math.max(0, this.map.getContainer().getBoundingClientRect().bottom - this.panel.top);
  }

  /** Moves an incident's place to the middle of what shows of the map; only if it is out of sight, unless `always`. */
  private reveal(i: number, always: boolean): void {
    const { map } = this;
    const at = this.marks.latLng(i);
    const size = map.getSize().subtract([0, this.covered()]);
    const sight = L.bounds(size.multiplyBy(0.05), size.multiplyBy(0.95));
    if (!always && sight.contains(map.latLngToContainerPoint(at))) return;
    const reach = at.toBounds(Math.max(this.store.columns.radius[i], 20) * 2000);
    const zoom = Math.max(map.getZoom(), Math.min(FIT, map.getBoundsZoom(reach)));
    const center = map.unproject(map.project(at, zoom).add([0, this.covered() / 2]), zoom);
    this.move(() => map.setView(center, zoom, { animate: false }));
    this.marks.draw();
  }

  /** The view of all that is news; background elsewhere does not widen it. */
  private home(): void {
    const { store } = this;
    const placed = [...Array(store.total).keys()].filter((i) => store.isPlaced(i));
    const chief = placed.filter((i) => store.columns.main[i]);
    this.fit(chief.length ? chief : placed);
  }

  private showHeatButton(): void {
    if (!this.heatButton) return;
    const words = t(this.view.heat ? "heatHide" : "heatShow");
    this.heatButton.title = words;
    this.heatButton.setAttribute("aria-label", words);
    this.heatButton.setAttribute("aria-pressed", String(this.view.heat));
  }

  private openGroup(ids: number[], at: L.LatLng): void {
    if (ids.length === 1) {
      this.opener = null;
      void this.open(ids[0], { move: false, push: true });
      return;
    }
    const bounds = L.latLngBounds(ids.map((i) => this.marks.latLng(i)));
    const spread = bounds.getNorth() - bounds.getSouth() + bounds.getEast() - bounds.getWest();
    if (spread < 1e-4 || this.map.getZoom() >= this.map.getMaxZoom()) {
      this.openSpot(ids);
      return;
    }
    const zoom = Math.max(this.map.getZoom() + 1, this.map.getBoundsZoom(bounds, false, L.point(60, 60)));
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.setView(spread < 1e-3 ? at : bounds.getCenter(), Math.min(zoom, this.map.getMaxZoom()), { animate: !reduced });
  }

  /** Lists many incidents at one spot. */
  private openSpot(ids: number[]): void {
    if (this.selected !== null) void this.close(true);
    this.spot = ids;
    this.panel.setOpen(true);
    this.panel.chooseTab("list");
    this.panel.choose("placed");
    void this.fillList();
    this.panel.focusHeading();
  }

  // List and card -----------------------------------------------------------------------------------------------------
  private async fillList(): Promise<void> {
    const { panel, result, store, view, marks } = this;
    panel.showCounts(marks.inView.length, result.placed.length, result.unplaced.length, isWhole(view.filter, store));
    panel.head(this.spot ? plural("incidentsHere", this.spot.length) : panel.which === "unplaced" ? t("noPlaceHelp") : "");
    const ids = this.listed();
    const any = result.placed.length + result.unplaced.length > 0;
    const empty = !store.total ? t("noIncident") : !any ? t("noMatch") : panel.which === "placed" ? t("noneInView") : t("noMatch");
    await this.list.fill(sorted(ids, view.order, store), empty);
  }

  private listed(): readonly number[] {
    const { panel, result, marks } = this;
    if (this.spot) return this.spot;
    if (panel.which === "unplaced") return result.unplaced;
    return panel.onlyView.checked ? marks.inView : result.placed;
  }

  private async openFromList(i: number): Promise<void> {
    this.opener = this.store.ids[i];
    await this.open(i, { move: true, push: true });
  }

  /** Opens the card of an incident. */
  async open(i: number, { move, push }: { move: boolean; push: boolean }): Promise<void> {
    const { store, panel } = this;
    const row = await store.row(i);
    this.selected = i;
    this.view.incident = store.ids[i];
    panel.setOpen(true);
    const back = () => void this.leave();
    panel.showCard(cardOf(store, i, row, back, () => this.address()));
    if (store.isPlaced(i)) this.reveal(i, move);
    else panel.choose("unplaced");
    this.marks.point(i, true);
    this.remember(push);
  }

  private async close(push: boolean): Promise<void> {
    this.selected = null;
    this.view.incident = "";
    this.marks.point(null, true);
    this.panel.showCard(null);
    this.remember(push);
    await this.fillList();
  }

  /** Closes the card, and puts the keyboard back where it was opened from. */
  private async leave(): Promise<void> {
    const { opener } = this;
    await this.close(true);
    if (!opener || !this.list.focus(opener)) this.map.getContainer().focus();
  }

  private escape(): void {
    if (this.selected !== null) {
      void this.leave();
    } else if (this.spot) {
      this.spot = null;
      void this.fillList();
    } else if (narrow.matches && this.panel.isOpen) this.panel.setOpen(false);
  }

  get selectedId(): string | null {
    return this.selected === null ? null : this.store.ids[this.selected];
  }

  get inView(): string[] {
    return [...this.marks.inView].map((i) => this.store.ids[i]);
  }

  // Saving ------------------------------------------------------------------------------------------------------------
  private async save(kind: "geojson" | "csv" | "png"): Promise<void> {
    const ids = [...this.result.placed, ...this.result.unplaced].sort((a, b) => a - b);
    const { head, total } = this.store;
    let blob: Blob;
    if (kind === "png") {
      const shown = ids.length === total ? plural("incidents", total) : t("match", { n: ids.length, total });
      try {
        blob = await pictureOf(this.map.getContainer(), head.title, shown, "Leaflet · Natural Earth · GeoNames (CC BY 4.0)");
      } catch {
        this.panel.say(t("imageFailed"));
        return;
      }
    } else {
      const text = kind === "csv" ? await toCsv(this.store, ids) : await toGeojson(this.store, ids);
      blob = new Blob([text], { type: kind === "csv" ? "text/csv" : "application/geo+json" });
    }
    const url = URL.createObjectURL(blob);
    el("a", { href: url, download: `incidents.${kind}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

// The whole -----------------------------------------------------------------------------------------------------------
let page: Page;

async function start(): Promise<void> {
  const node = document.querySelector<HTMLElement>(".folium-map");
  if (!node) throw new Error("no map");
  const map = (window as unknown as Record<string, L.Map>)[node.id];
  const head = await unpack<Head>("head");
  const language = setLanguage(params.get("lang") ?? head.options.language);
  nameCountries(head.countries.map((code, n) => [code, head.countryNames[n] ?? ""]));
  document.documentElement.lang = language;
  document.documentElement.dir = direction();
  node.setAttribute("aria-label", t("map"));
  if (head.options.accent)
    for (const [theme, ground] of [["light", "#f4f6f8"], ["dark", "#252c35"]] as const) // --raised of map.css
      document.documentElement.style.setProperty(`--own-accent-${theme}`, legible(head.options.accent, ground));
  page = new Page(new Store(head), map, language);
  await page.start();
}

function failed(error: unknown): never {
  const old = typeof DecompressionStream === "undefined";
  const words = old ? t("tooOld") : t("failed", { words: error instanceof Error ? error.message : String(error) });
  document.body.append(el("p", { class: "gm-failed", role: "alert" }, words));
  throw error;
}

/* folium's popups ask jQuery for one thing: the element of a piece of folium's own markup. */
const globals = window as unknown as Record<string, unknown>;
globals.$ ??= (markup: string) => {
  const template = document.createElement("template");
  template.innerHTML = markup.trim(); // eslint-disable-line no-restricted-properties -- markup of the map's own author
  return [...template.content.children];
};

const ready = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve)).then(start).catch(failed);

globals.geomap = {
  ready, // settled when the map is drawn
  count: () => page.store.total,
  layers: () =>
    page.store.head.layers.map(({ id, title }, n) => ({
      id, title, count: page.result.perLayer[n], on: page.view.filter.layers[n] === 1,
    })), // prettier-ignore
  /** Ids of the incidents that the map shows, newest first. */
  visible: () => page.inView,
  /** Ids of all incidents that pass the filters. */
  matching: () => [...page.result.placed, ...page.result.unplaced].map((i) => page.store.ids[i]),
  selected: () => page.selectedId,
  /** Opens the details of an incident; says whether there is one with this id. */
  select: async (id: string) => {
    const i = page.store.ids.indexOf(id);
    if (i >= 0) await page.open(i, { move: true, push: true });
    return i >= 0;
  },
  search: (words: string) => page.search(words, true),
  /** Shows or hides one layer. */
  setLayer: (id: string, on: boolean) => {
    const n = page.store.head.layers.findIndex((layer) => layer.id === id);
    if (n >= 0) page.view.filter.layers[n] = on ? 1 : 0;
    page.filter(true);
  },
};

