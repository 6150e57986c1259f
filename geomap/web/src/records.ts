/** An incident as a record: for GeoJSON and CSV with the properties of geomap's own exports, for citations, for corrections. */

import { toIso } from "./dates.ts";
import type { Store } from "./store.ts";
import type { Row } from "./types.ts";

type Value = string | number | null | string[] | Record<string, string | null>[];

const or = (text: string): string | null => text || null;
const joined = (names: string[]): string | null => [...new Set(names)].join("; ") || null;

/** The flat properties of docs/data-formats.md, in their order. */
export function propertiesOf(store: Store, i: number, row: Row): Record<string, Value> {
  const { head, columns } = store;
  const layer = head.layers[columns.layer[i]];
  const [start, end] = [store.day(i), store.lastDayOf(i)];
  const said = (...stances: string[]) =>
    joined(row.claims.filter(({ stance }) => stances.includes(head.stances[stance])).map(({ name }) => name));
  const bounds = head.counts.flatMap((kind, n): [string, Value][] => {
    const range = row.counts[n] ?? null;
    return [[`${kind}_min`, range ? range[0] : null], [`${kind}_max`, range ? range[1] : null]]; // prettier-ignore
  });
  return {
    id: store.ids[i],
    layer: layer.id,
    layer_title: layer.title,
    title: row.title,
    start: start === null ? null : toIso(start),
    end: end === null ? null : toIso(end),
    date_precision: or(head.exactness[columns.exact[i]] ?? ""),
    place: or(store.placeOf(i)),
    place_as_written: or(row.written),
    country: or(store.countryOf(i)),
    admin1: or(store.admin1Of(i)),
    precision: or(store.precisionOf(i)),
    radius_km: columns.radius[i] || null,
    gazetteer_id: or(store.gazetteerOf(i)),
    actors_source: row.doers,
    actors_target: row.targets,
    weapon: or(row.weapon),
    ...Object.fromEntries(bounds),
    status: store.statusOf(i),
    attributed_to: said("asserts", "confirms"),
    denied_by: said("denies"),
    quote: or(row.quotes[0]?.text ?? ""),
    sources: row.sources.map(({ publisher, url, title, published }) => ({
      publisher: or(publisher), url: or(url), title: or(title), published: or(published),
    })), // prettier-ignore
    n_reports: columns.reports[i],
    n_publishers: new Set(row.sources.filter((s) => !s.copied && s.publisher).map((s) => s.publisher)).size,
    score: columns.score[i] / 10_000,
    plover: layer.plover,
    acled: layer.acled,
    cameo: layer.cameo,
  };
}

async function recordsOf(store: Store, ids: readonly number[]): Promise<Record<string, Value>[]> {
  const records = [];
  for (const i of ids) records.push(propertiesOf(store, i, await store.row(i)));
  return records;
}

/** RFC 7946; an incident without a place has no geometry. */
export async function toGeojson(store: Store, ids: readonly number[]): Promise<string> {
  const { lat, lon } = store.columns;
  const features = (await recordsOf(store, ids)).map((properties, n) => {
    const i = ids[n];
    const geometry = store.isPlaced(i) ? { type: "Point", coordinates: [lon[i], lat[i]] } : null;
    return JSON.stringify({ type: "Feature", geometry, properties });
  });
  return `{"type":"FeatureCollection","features":[\n${features.join(",\n")}\n]}\n`;
}

const FORMULA = /^(?:[\t\r]|\s*[=+\-@＝＋－＠])/;

/** A cell of a CSV table; a text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function cell(value: Value): string {
  let text = value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  if (typeof value === "string" && FORMULA.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** With a byte order mark, for spreadsheets take a table without one for one of their own code page. */
export async function toCsv(store: Store, ids: readonly number[]): Promise<string> {
  const { lat, lon } = store.columns;
  const records = await recordsOf(store, ids);
  const names = [...Object.keys(records[0] ?? {}), "latitude", "longitude"];
  const lines = records.map((record, n) => {
    const at = store.isPlaced(ids[n]) ? [lat[ids[n]], lon[ids[n]]] : [null, null];
    return [...Object.values(record), ...at].map(cell).join(",");
  });
  return `\ufeff${[names.join(","), ...lines].join("\r\n")}\r\n`;
}

/** One line that names the incident, its sources and the map. */
export function citationOf(store: Store, i: number, row: Row, url: string): string {
  const [start, end] = [store.day(i), store.lastDayOf(i)];
  const when = start === null ? "n.d." : end !== null && end > start ? `${toIso(start)}/${toIso(end)}` : toIso(start);
  const sources = row.sources.map(({ publisher, title, published, url: at }) =>
    [publisher, title && `“${title}”`, published, at].filter(Boolean).join(", "),
  );
  const from = sources.length ? ` Sources: ${sources.join("; ")}.` : "";
  return `${row.title} (${when}). ${store.head.title}, incident ${store.ids[i]}, ${url}.${from}`;
}

/** A text as TOML writes it. */
const toml = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** What the map says of an incident, as lines of corrections.toml to change. */
export function correctionOf(store: Store, i: number, row: Row): string {
  const { head, columns } = store;
  const [start, end] = [store.day(i), store.lastDayOf(i)];
  const lines = ["[[incident]]", `id = ${toml(store.ids[i])}`, `layer = ${toml(head.layers[columns.layer[i]].id)}`];
  if (store.isPlaced(i)) {
    lines.push(`place = ${toml(store.gazetteerOf(i))}  # ${store.placeOf(i).replace(/[\r\n]/g, " ")}`);
    lines.push(`latitude = ${columns.lat[i]}`, `longitude = ${columns.lon[i]}`);
  }
  if (start !== null) lines.push(`start = ${toIso(start)}`, `end = ${toIso(end ?? start)}`);
  lines.push(`status = ${toml(store.statusOf(i))}`);
  head.counts.forEach((kind, n) => {
    const range = row.counts[n];
    if (range) lines.push(range[1] === null ? `${kind} = { min = ${range[0]} }` : `${kind} = { min = ${range[0]}, max = ${range[1]} }`);
  });
  return `${[...lines, 'reason = ""', 'source = ""'].join("\n")}\n`;
}
