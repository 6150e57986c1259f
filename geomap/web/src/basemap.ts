/** The land: countries, divisions, disputed borders, and names of countries and cities. Packed coordinates are 0.01 degrees. */

import { el } from "./elements.ts";
import { unpack } from "./store.ts";
import { countryName, isEnglish } from "./strings.ts";

interface Packed {
  arcs: string[]; // lon, lat, then steps
  countries: [iso: string, name: string, label: [lon: number, lat: number, width: number], rings: number[][]][];
  admin1: number[];
  disputed: number[];
  cities: [names: string[], lons: number[], lats: number[], ranks: number[]]; // rank 0: a capital
}

/** A circle that takes room on the map, in pixels, and the name it may carry. */
export interface Taken {
  x: number;
  y: number;
  radius: number;
  name: string;
}

type Box = [left: number, top: number, right: number, bottom: number]; // pixels
type LatLngs = [number, number][];

const CLOSE = 5.5; // zoom from which places have their names
const DIVISIONS = 4.5; // zoom from which divisions are drawn
const CITY_ZOOMS = [4, 4, 5, 6, 7]; // from which cities of each rank are named
const MOST_CITIES = 60;

/** Whole numbers from letters, as training/basemap.py writes them: digits of base 45, the lowest first; odd ones are negative. */
export function numbersIn(letters: string): number[] {
  const numbers: number[] = [];
  let [number, place] = [0, 1];
  for (let at = 0; at < letters.length; at++) {
    const code = letters.charCodeAt(at);
    const value = code - (code > 0x5c ? 0x24 : 0x23); // there is no backslash
    number += (value % 45) * place;
    place *= 45;
    if (value >= 45) continue;
    numbers.push(number % 2 ? -(number + 1) / 2 : number / 2);
    [number, place] = [0, 1];
  }
  return numbers;
}

const around = (x: number, y: number, width: number, height: number): Box => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
const holds = (a: Box, b: Box): boolean => a[0] <= b[0] && a[1] <= b[1] && a[2] >= b[2] && a[3] >= b[3];
const meets = (a: Box, b: Box): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

export class Basemap {
  private readonly map: L.Map;
  private readonly labels: L.LayerGroup;
  private countries: Packed["countries"] = [];
  private cities: [name: string, lon: number, lat: number, rank: number][] = [];
  private divisions: L.Polyline | null = null;

  constructor(map: L.Map) {
    this.map = map;
    this.labels = L.layerGroup().addTo(map);
  }

  /** Draws it; over tiles the land is left out and borders stay. */
  async draw(overTiles: boolean): Promise<void> {
    const data = await unpack<Packed>("basemap");
    const arcs = data.arcs.map((letters): LatLngs => {
      const steps = numbersIn(letters);
      const points: LatLngs = [];
      let [x, y] = [0, 0];
      for (let k = 0; k < steps.length; k += 2) {
        x += steps[k];
        y += steps[k + 1];
        points.push([y / 100, x / 100]);
      }
      return points;
    });
    const ringOf = (parts: number[]): LatLngs =>
      parts.flatMap((arc) => (arc < 0 ? [...arcs[~arc]].reverse() : arcs[arc]).slice(1)); // neighbors share an end
    const renderer = L.svg({ pane: "gm-land", padding: 0.4 });
    const options = { pane: "gm-land", renderer, interactive: false, smoothFactor: 0.8 };
    if (!overTiles)
      for (const [, , , rings] of data.countries)
        L.polygon(rings.map(ringOf), { ...options, className: "gm-country", stroke: false }).addTo(this.map);
    const line = (which: Iterable<number>, className: string) =>
      L.polyline([...which].map((arc) => arcs[arc]), { ...options, className, fill: false });
    this.divisions = line(data.admin1, "gm-division");
    const used = new Set(data.countries.flatMap(([, , , rings]) => rings.flat().map((arc) => (arc < 0 ? ~arc : arc))));
    for (const arc of data.disputed) used.delete(arc);
    // Where the world was cut open is no border.
    const isCut = (points: LatLngs) => points.every(([, lon]) => Math.abs(lon) === 180) || points.every(([lat]) => lat === -85);
    line([...used].filter((arc) => !isCut(arcs[arc])), "gm-border").addTo(this.map);
    line(data.disputed, "gm-disputed-border").addTo(this.map);
    this.countries = data.countries.filter(([, name, label]) => name && label[2]).sort((a, b) => b[2][2] - a[2][2]);
    const [names, lons, lats, ranks] = data.cities;
    this.cities = names.map((name, n) => [name, lons[n], lats[n], ranks[n]]);
    this.showDivisions(overTiles);
    this.map.on("zoomend", () => this.showDivisions(overTiles));
  }

  private showDivisions(never: boolean): void {
    if (!this.divisions) return;
    const wanted = !never && this.map.getZoom() >= DIVISIONS;
    if (wanted !== this.map.hasLayer(this.divisions)) {
      if (wanted) this.divisions.addTo(this.map);
      else this.divisions.remove();
    }
  }

  /** Names what has room beside the marks in view. */
  name(marks: Taken[], overTiles: boolean): void {
    const { map, labels } = this;
    labels.clearLayers();
    const zoom = map.getZoom();
    const { min, max } = map.getPixelBounds() as { min: L.Point; max: L.Point };
    const view: Box = [min.x, min.y, max.x, max.y];
    const taken = marks.map(({ x, y, radius }) => around(x, y, 2 * radius, 2 * radius));
    taken.push([min.x, max.y - 40, min.x + 110, max.y]); // the scale
    const put = (words: string, x: number, y: number, size: number, kind: string) => {
      const node = el("span", {}, words);
      node.style.fontSize = `${size.toFixed(1)}px`;
      const icon = L.divIcon({ className: `gm-label ${kind}`, html: node, iconSize: [0, 0] });
      labels.addLayer(L.marker(map.unproject([x, y], zoom), { icon, pane: "gm-labels", interactive: false, keyboard: false }));
    };
    const named = new Set<string>();
    for (const mark of zoom < CLOSE ? [] : marks) {
      if (!mark.name || named.has(mark.name)) continue;
      const y = mark.y + mark.radius + 10;
      const box = around(mark.x, y, mark.name.length * 6.6 + 8, 15);
      if (taken.some((other) => meets(other, box))) continue;
      taken.push(box);
      named.add(mark.name);
      put(mark.name, mark.x, y, 11.5, "gm-place");
    }
    if (overTiles) return; // tiles have names of their own
    const scale = (256 * 2 ** zoom) / 36_000; // pixels in 0.01 degrees
    for (const [iso, english, [lon, lat, width]] of this.countries) {
      const words = iso && !isEnglish() ? countryName(iso) : english;
      const room = width * scale;
      const size = Math.max(10, Math.min(15, 8 + room / 45));
      const long = words.length * size * 0.64;
      const { x, y } = map.project([lat / 100, lon / 100], zoom);
      if (long > room * 1.05 || room < 26) continue;
      const shifts = [0, -20, 20, -38, 38, -56, 56].filter((dy) => Math.abs(dy) <= room * 0.3);
      const shift = shifts.find((dy) => {
        const box = around(x, y + dy, long, size + 2);
        return holds(view, box) && !taken.some((other) => meets(other, box));
      });
      if (shift === undefined) continue;
      taken.push(around(x, y + shift, long + 6, size + 6));
      put(words, x, y + shift, size, "");
    }
    let count = 0;
    for (const [words, lon, lat, rank] of this.cities) {
      if (zoom < CITY_ZOOMS[rank]) break; // they come by rank
      if (count >= MOST_CITIES) break;
      const { x, y } = map.project([lat / 100, lon / 100], zoom);
      if (x < min.x || x > max.x || y < min.y || y > max.y || named.has(words)) continue;
      const half = words.length * 2.9 + 5;
      const box: Box = [x - 4, y - 8, x + 2 * half, y + 8];
      if (taken.some((other) => meets(other, box))) continue;
      taken.push(box);
      named.add(words);
      count++;
      put(words, x, y, 11, rank === 0 ? "gm-city gm-capital" : "gm-city");
    }
  }
}
