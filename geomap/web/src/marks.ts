/** The incidents on the map: marks and donuts, the areas where they may lie, or their density. */

import type { Basemap, Taken } from "./basemap.ts";
import { group, radius, sharesOf, type Group } from "./clusters.ts";
import { pinOf } from "./detail.ts";
import { el } from "./elements.ts";
import type { Store } from "./store.ts";
import { layerTitle, number, plural } from "./strings.ts";
import { placeWords, statusTitle, titleOf, when } from "./words.ts";

const AREAS = 40; // areas that are drawn unasked

interface HeatLayer extends L.Layer {
  setLatLngs(points: [number, number][]): this;
}
type HeatFactory = (points: [number, number][], options: Record<string, unknown>) => HeatLayer;

export class Marks {
  inView: number[] = []; // newest first
  private readonly layers: Record<"wide" | "hovered" | "selected" | "markers", L.LayerGroup>;
  private readonly areaRenderer: L.Renderer;
  private markers = new Map<Group, L.Marker>();
  private groups: Group[] = [];
  private placed: readonly number[] = [];
  private drawnAs = "";
  private version = 0;
  private hovered: L.Marker | null = null;
  private heat: HeatLayer | null = null;
  private readonly map: L.Map;
  private readonly store: Store;
  private readonly basemap: Basemap;
  private readonly open: (ids: number[], at: L.LatLng) => void;
  private readonly overTiles: boolean;

  constructor(map: L.Map, store: Store, basemap: Basemap, overTiles: boolean, open: (ids: number[], at: L.LatLng) => void) {
    this.map = map;
    this.store = store;
    this.basemap = basemap;
    this.overTiles = overTiles;
    this.open = open;
    this.areaRenderer = L.svg({ pane: "gm-areas" });
    const layer = () => L.layerGroup().addTo(map);
    this.layers = { wide: layer(), hovered: layer(), selected: layer(), markers: layer() };
  }

  latLng(i: number): L.LatLng {
    return L.latLng(this.store.columns.lat[i], this.store.columns.lon[i]);
  }

  /** Takes the incidents to draw, newest first. */
  set(placed: readonly number[]): void {
    this.placed = placed;
    this.version++;
    if (this.heat) this.heat.setLatLngs(this.points());
    this.draw();
  }

  get isHeat(): boolean {
    return this.heat !== null;
  }

  setHeat(on: boolean): void {
    if (on === this.isHeat) return;
    if (on) {
      const heatLayer = (L as unknown as { heatLayer: HeatFactory }).heatLayer;
      const gradient = { 0.2: "#4575b4", 0.45: "#91bfdb", 0.6: "#fee090", 0.8: "#fc8d59", 1: "#d73027" };
      this.heat = heatLayer(this.points(), { radius: 22, blur: 18, minOpacity: 0.35, gradient, pane: "gm-areas", max: this.heatMost() });
      this.heat.addTo(this.map);
    } else {
      this.heat?.remove();
      this.heat = null;
    }
    this.version++;
    this.draw();
  }

  private points(): [number, number][] {
    const { lat, lon } = this.store.columns;
    return this.placed.map((i) => [lat[i], lon[i]]);
  }

  /** How many incidents near each other are as dense as the scale goes. */
  private heatMost(): number {
    return Math.max(1, Math.sqrt(this.placed.length) / 6);
  }

  private shareWords(ids: number[]): string[] {
    return sharesOf(ids, this.store.columns.layer)
      .slice(0, 5)
      .map(([n, count]) => `${layerTitle(this.store.head.layers[n])}: ${number(count)}`);
  }

  private donut(ids: number[]): HTMLElement {
    let angle = 0;
    const stops = sharesOf(ids, this.store.columns.layer).map(([n, count]) => {
      const start = angle;
      angle += (count / ids.length) * 360;
      return `${this.store.head.layers[n].color} ${start.toFixed(1)}deg ${angle.toFixed(1)}deg`;
    });
    const faint = ids.every((i) => !this.store.columns.main[i]);
    const words = ids.length < 10_000 ? number(ids.length) : `${number(Math.round(ids.length / 1000))}k`;
    const node = el("span", { class: `gm-donut${faint ? " gm-faint" : ""}` }, el("span", {}, words));
    node.style.background = `conic-gradient(${stops.join(",")})`;
    node.style.width = node.style.height = `${2 * radius(ids.length)}px`;
    return node;
  }

  /** Where an incident may lie: its footprint, else a circle of its radius. */
  private areaOf(i: number, calm = false): L.Layer {
    const { head, columns } = this.store;
    const strength = calm ? { weight: 1, opacity: 0.6, fillOpacity: 0.07 } : { weight: 1.6, opacity: 0.95, fillOpacity: 0.16 };
    const style = { color: head.layers[columns.layer[i]].color, dashArray: "4 4", ...strength };
    const options = { pane: "gm-areas", renderer: this.areaRenderer, interactive: false };
    if (columns.shape[i] < 0) return L.circle(this.latLng(i), { ...options, ...style, radius: columns.radius[i] * 1000 });
    return L.geoJSON(head.shapes[columns.shape[i]], { ...options, style, pointToLayer: () => L.layerGroup() } as L.GeoJSONOptions);
  }

  private async hover(one: Group, marker: L.Marker): Promise<void> {
    this.hovered = marker;
    const [i] = one.ids;
    const content = el("div", { dir: "auto" });
    if (one.ids.length === 1) {
      const row = await this.store.row(i);
      const where = [placeWords(this.store, i), when(this.store, i, row)].filter(Boolean).join(" · ");
      content.append(el("b", {}, titleOf(this.store, i, row)), el("br"), where);
      if (this.hovered === marker) this.layers.hovered.clearLayers().addLayer(this.areaOf(i));
    } else {
      content.append(el("b", {}, plural("incidents", one.ids.length)), ...this.shareWords(one.ids).map((words) => el("div", {}, words)));
    }
    if (this.hovered !== marker || !this.map.hasLayer(marker)) return;
    const offset: L.PointTuple = [0, -radius(one.ids.length) - 2];
    marker.unbindTooltip().bindTooltip(content, { direction: "top", offset, className: "gm-tip" }).openTooltip();
  }

  private leave(marker: L.Marker): void {
    if (this.hovered === marker) this.hovered = null;
    marker.unbindTooltip();
    this.layers.hovered.clearLayers();
  }

  private async label(one: Group, node: HTMLElement, asked: boolean): Promise<void> {
    const { store } = this;
    const [i] = one.ids;
    if (one.ids.length > 1) {
      node.setAttribute("aria-label", `${plural("incidents", one.ids.length)}. ${this.shareWords(one.ids).join(", ")}`);
      return;
    }
    const layer = layerTitle(store.head.layers[store.columns.layer[i]]);
    const words = [layer, statusTitle(store.statusOf(i)), placeWords(store, i)].filter(Boolean).join(", ");
    node.setAttribute("aria-label", words);
    // A mark alone may be one of any block: unpacking a block for each is slow, and few are ever asked for.
    if (!asked && !store.isUnpacked(i)) return;
    const row = await store.row(i);
    node.setAttribute("aria-label", `${titleOf(store, i, row)}. ${[words, when(store, i, row)].filter(Boolean).join(", ")}`);
  }

  private markerOf(one: Group): L.Marker {
    const { ids, x, y } = one;
    const single = ids.length === 1;
    const size = 2 * radius(ids.length);
    const icon = L.divIcon({ className: "gm-marker", html: single ? pinOf(this.store, ids[0]) : this.donut(ids), iconSize: [size, size] });
    const zIndexOffset = single && this.store.columns.main[ids[0]] ? 1000 : 0;
    const marker = L.marker(this.map.unproject([x, y], this.map.getZoom()), { icon, riseOnHover: true, zIndexOffset });
    marker.on("add", () => {
      const node = marker.getElement();
      if (!node) return;
      node.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        this.open(ids, marker.getLatLng());
      });
      node.addEventListener("focus", () => {
        void this.label(one, node, true);
        void this.hover(one, marker);
      });
      node.addEventListener("blur", () => this.leave(marker));
      void this.label(one, node, false);
    });
    marker.on("mouseover", () => void this.hover(one, marker)).on("mouseout", () => this.leave(marker));
    return marker.on("click", () => this.open(ids, marker.getLatLng()));
  }

  /** The name that a group's mark may carry: of the one place where all of it is. */
  private nameOf({ ids }: Group): string {
    const { place } = this.store.columns;
    const first = place[ids[0]];
    return first >= 0 && ids.every((i) => place[i] === first && this.store.isPoint(i)) ? this.store.placeOf(ids[0]) : "";
  }

  draw(): void {
    const { map, store, layers } = this;
    const zoom = map.getZoom();
    if (this.drawnAs !== `${zoom}/${this.version}`) {
      this.drawnAs = `${zoom}/${this.version}`;
      this.groups = group(this.placed, store.columns.x, store.columns.y, zoom);
      for (const marker of this.markers.values()) marker.remove();
      this.markers = new Map();
      layers.hovered.clearLayers();
    }
    const { min, max } = map.getPixelBounds() as { min: L.Point; max: L.Point };
    const near = (g: Group, edge: number) => g.x > min.x - edge && g.x < max.x + edge && g.y > min.y - edge && g.y < max.y + edge;
    const inView: number[] = [];
    layers.wide.clearLayers();
    const taken: Taken[] = [];
    const areas = new Set<string>();
    const { columns } = store;
    for (const one of this.groups) {
      const [i] = one.ids;
      if (near(one, 0)) for (const id of one.ids) inView.push(id);
      if (this.heat || !near(one, 80)) {
        this.markers.get(one)?.remove();
        this.markers.delete(one);
        continue;
      }
      if (!this.markers.has(one)) this.markers.set(one, this.markerOf(one).addTo(layers.markers));
      taken.push({ x: one.x, y: one.y, radius: radius(one.ids.length), name: this.nameOf(one) });
      if (one.ids.length > 1 || !["region", "sea"].includes(store.precisionOf(i)) || areas.size >= AREAS) continue;
      const key = `${columns.layer[i]}/${columns.shape[i] >= 0 ? columns.shape[i] : [columns.lat[i], columns.lon[i], columns.radius[i]].join()}`;
      if (!areas.has(key)) layers.wide.addLayer(this.areaOf(i, true));
      areas.add(key);
    }
    this.basemap.name(taken, this.overTiles);
    this.inView = Int32Array.from(inView).sort() as unknown as number[];
  }

  /** Shows where one incident lies: it is chosen, or pointed at in the list. */
  point(i: number | null, chosen: boolean): void {
    const layer = chosen ? this.layers.selected : this.layers.hovered;
    layer.clearLayers();
    if (i === null || !this.store.isPlaced(i)) return;
    layer.addLayer(this.areaOf(i));
    const ring = L.divIcon({ className: `gm-ring${chosen ? " gm-chosen" : ""}`, iconSize: [38, 38] });
    layer.addLayer(L.marker(this.latLng(i), { icon: ring, interactive: false, keyboard: false, zIndexOffset: 2000 }));
  }
}
