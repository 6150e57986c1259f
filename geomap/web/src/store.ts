/** The incidents: columns of numbers, and words that are unpacked when they are needed. */

import { fold, linesWith } from "./search.ts";
import type { Claim, Head, Quote, Range, Row, Source } from "./types.ts";

export const NEVER = -2_147_483_648; // the day of an incident without a date

export interface Columns {
  layer: Uint16Array;
  lat: Float64Array; // degrees; NaN: no place
  lon: Float64Array;
  x: Float64Array; // Mercator, 0..1
  y: Float64Array;
  start: Int32Array; // days; NEVER: no date
  end: Int32Array;
  exact: Int8Array;
  status: Uint8Array;
  precision: Int8Array;
  radius: Float64Array; // km
  main: Uint8Array;
  shape: Int32Array;
  place: Int32Array;
  country: Int16Array;
  score: Uint16Array; // 0..10,000
  killed: Int32Array;
  reports: Uint16Array;
  actors: Lists;
  publishers: Lists;
}

/** A list of numbers for each incident, in one array. */
export class Lists {
  readonly starts: Uint32Array;
  readonly values: Uint32Array;
  constructor(lists: number[][]) {
    this.starts = new Uint32Array(lists.length + 1);
    let length = 0;
    for (let i = 0; i < lists.length; i++) this.starts[i + 1] = length += lists[i].length;
    this.values = new Uint32Array(length);
    let at = 0;
    for (const list of lists) for (const value of list) this.values[at++] = value;
  }
  /** Whether an incident's list holds one of the wanted numbers. */
  meets(i: number, wanted: Set<number>): boolean {
    for (let k = this.starts[i]; k < this.starts[i + 1]; k++) if (wanted.has(this.values[k])) return true;
    return false;
  }
}

/** Bytes from letters, two for 13 bits: "!" to "~" without "&", "<" and ">". An odd one out: the last byte is filling. */
export function decode91(letters: string): Uint8Array<ArrayBuffer> {
  const pairs = Math.floor(letters.length / 2);
  const bytes = new Uint8Array(Math.floor((pairs * 13) / 8) - (letters.length % 2));
  let [bits, held, at] = [0, 0, 0];
  for (let i = 0; i + 1 < letters.length; i += 2) {
    held = (held << 13) | (VALUES[letters.charCodeAt(i)] * 91 + VALUES[letters.charCodeAt(i + 1)]);
    for (bits += 13; bits >= 8; bits -= 8) bytes[at++] = held >> (bits - 8);
    held &= (1 << bits) - 1;
  }
  return bytes;
}
const VALUES = new Uint8Array(128);
for (let code = 0x21, value = 0; code < 0x7f; code++) if (!"&<>".includes(String.fromCharCode(code))) VALUES[code] = value++;

async function inflate(name: string): Promise<string> {
  const bytes = decode91(document.getElementById(`geomap-${name}`)?.textContent ?? "");
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

/** What render.py packed under a name: JSON, deflated. */
export const unpack = async <Kind>(name: string): Promise<Kind> => JSON.parse(await inflate(name)) as Kind;

type Packed = [
  title: string, written: string | 0, dateWritten: string, weapon: string,
  counts: [number, number, number | null][], doers: string[], targets: string[], claims: [number, string, number][],
  quotes: [string, number, number, number][], sources: [string, string, string, string, number][],
  more: number,
]; // prettier-ignore

/** The texts of some incidents, a line each. */
interface Block {
  order: number[]; // which incident, from the block's first, each line tells of
  text: string;
}

function readBlock(whole: string): Block {
  const end = whole.indexOf("\n");
  return { order: JSON.parse(whole.slice(0, end)) as number[], text: whole.slice(end + 1) };
}

/** One line of a block of texts, about a place of that name. */
export function readRow(line: string, place: string): Row {
  const packed = JSON.parse(line) as Packed;
  const [title, written, dateWritten, weapon, said, doers, targets, claims, quotes, sources, more] = packed;
  const counts: (Range | null)[] = [];
  for (const [kind, low, high] of said) counts[kind] = [low, high];
  return {
    title, written: written === 0 ? place : written, dateWritten, weapon, counts, doers, targets, more,
    claims: claims.map(([stance, name, quote]): Claim => ({ stance, name, quote })),
    quotes: quotes.map(([text, from, to, source]): Quote => ({ text, mark: from < 0 ? null : [from, to], source })),
    sources: sources.map(([publisher, name, url, published, copied]): Source => ({
      publisher, title: name, url, published, copied: copied === 1,
    })),
  }; // prettier-ignore
}

export class Store {
  readonly head: Head;
  readonly total: number;
  readonly columns: Columns;
  readonly ids: string[];
  readonly firstDay: number; // of those with a date; 0 where none has one
  readonly lastDay: number; // lies before firstDay where none has a date
  private readonly blocks = new Map<number, Promise<Block>>();
  private readonly folded = new Map<number, string>();
  private readonly lines = new Map<number, string[]>(); // by incident

  constructor(head: Head) {
    this.head = head;
    const raw = head.columns;
    this.ids = raw.id;
    this.total = raw.id.length;
    const { spots } = head;
    const degrees = (v: number | null) => (v === null ? NaN : v / 1e5);
    const lat = Float64Array.from(raw.spot, (n) => degrees(spots[n][0]));
    const lon = Float64Array.from(raw.spot, (n) => degrees(spots[n][1]));
    const start = Int32Array.from(raw.start, (day) => day ?? NEVER);
    this.columns = {
      lat,
      lon,
      x: lon.map((v) => (v + 180) / 360),
      y: lat.map((v) => {
        const sine = Math.max(-0.9999, Math.min(0.9999, Math.sin(v * (Math.PI / 180))));
        return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
      }),
      layer: Uint16Array.from(raw.layer),
      start,
      end: start.map((day, i) => day + raw.days[i]),
      exact: Int8Array.from(raw.exact),
      status: Uint8Array.from(raw.status),
      precision: Int8Array.from(raw.spot, (n) => spots[n][4]),
      radius: Float64Array.from(raw.spot, (n) => spots[n][5]),
      main: Uint8Array.from(raw.main),
      shape: Int32Array.from(raw.spot, (n) => spots[n][6]),
      place: Int32Array.from(raw.spot, (n) => spots[n][2]),
      country: Int16Array.from(raw.spot, (n) => spots[n][3]),
      score: Uint16Array.from(raw.score),
      killed: Int32Array.from(raw.killed),
      reports: Uint16Array.from(raw.reports),
      actors: new Lists(raw.actors),
      publishers: new Lists(raw.publishers),
    };
    let [first, last] = [Infinity, -Infinity];
    const { end } = this.columns;
    for (let i = 0; i < this.total; i++) {
      if (start[i] === NEVER) continue;
      if (start[i] < first) first = start[i];
      if (end[i] > last) last = end[i];
    }
    this.firstDay = Number.isFinite(first) ? first : 0;
    this.lastDay = Number.isFinite(last) ? last : -1;
  }

  isPlaced(i: number): boolean {
    return !Number.isNaN(this.columns.lat[i]);
  }
  /** Whether the place is known to a site or town. */
  isPoint(i: number): boolean {
    return ["site", "town"].includes(this.precisionOf(i));
  }
  precisionOf(i: number): string {
    return this.head.precisions[this.columns.precision[i]] ?? "";
  }
  statusOf(i: number): string {
    return this.head.statuses[this.columns.status[i]];
  }
  placeOf(i: number): string {
    return this.head.places[this.columns.place[i]] ?? "";
  }
  countryOf(i: number): string {
    return this.head.countries[this.columns.country[i]] ?? "";
  }
  admin1Of(i: number): string {
    return this.head.spots[this.head.columns.spot[i]][7];
  }
  gazetteerOf(i: number): string {
    return this.head.spots[this.head.columns.spot[i]][8];
  }
  day(i: number): number | null {
    return this.columns.start[i] === NEVER ? null : this.columns.start[i];
  }
  lastDayOf(i: number): number | null {
    return this.columns.start[i] === NEVER ? null : this.columns.end[i];
  }

  private block(n: number): Promise<Block> {
    let found = this.blocks.get(n);
    if (!found) {
      found = inflate(`text-${n}`).then(readBlock);
      this.blocks.set(n, found);
    }
    return found;
  }

  /** Whether the words of an incident are at hand. */
  isUnpacked(i: number): boolean {
    return this.lines.has(Math.floor(i / this.head.chunk)) || this.total <= this.head.chunk;
  }

  async row(i: number): Promise<Row> {
    const n = Math.floor(i / this.head.chunk);
    let lines = this.lines.get(n);
    if (!lines) {
      const { order, text } = await this.block(n);
      const written = text.split("\n");
      lines = [];
      for (let k = 0; k < order.length; k++) lines[order[k]] = written[k];
      this.lines.set(n, lines);
    }
    return readRow(lines[i % this.head.chunk], this.placeOf(i));
  }

  /** Unpacks all texts, so that the first search need not wait. */
  async prepare(): Promise<void> {
    const count = Math.ceil(this.total / this.head.chunk);
    for (let n = 0; n < count; n++) {
      if (this.folded.has(n)) continue;
      this.folded.set(n, fold((await this.block(n)).text));
    }
  }

  /** Which incidents have all the terms (folded) among their words. Gives null if `overtaken` says so on the way. */
  async find(terms: string[], overtaken: () => boolean): Promise<Uint8Array | null> {
    const hits = new Uint8Array(this.total);
    const count = Math.ceil(this.total / this.head.chunk);
    // The unpacking of many blocks runs at once, outside of this thread.
    for (let n = 0; n < count; n++) if (!this.folded.has(n)) void this.block(n);
    for (let n = 0; n < count; n++) {
      const { order, text } = await this.block(n);
      let folded = this.folded.get(n);
      if (folded === undefined) {
        folded = fold(text);
        this.folded.set(n, folded);
      }
      if (overtaken()) return null;
      for (const line of linesWith(folded, terms)) hits[n * this.head.chunk + order[line]] = 1;
    }
    return hits;
  }
}
