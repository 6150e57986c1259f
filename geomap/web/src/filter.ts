/** One state for all filters, and which incidents pass it. */

import { NEVER, type Store } from "./store.ts";

export interface Filter {
  layers: Uint8Array; // 1: shown
  statuses: Uint8Array;
  precisions: Uint8Array;
  countries: Set<number>; // empty: all
  actors: Set<number>;
  publishers: Set<number>;
  from: number; // days
  to: number;
  background: boolean;
  score: number; // at least, 0..100
  words: string; // as typed
  hits: Uint8Array | null; // which incidents have the words; null: no words
}

export interface Result {
  placed: number[]; // in the order of the data: newest first
  unplaced: number[];
  perLayer: Uint32Array; // that all other filters let through
  perStatus: Uint32Array;
  perPrecision: Uint32Array;
  perDay: Uint32Array; // since firstDay, whatever dates are chosen
  undated: number;
}

export const allOf = ({ head, firstDay, lastDay }: Store): Filter => ({
  layers: new Uint8Array(head.layers.length).fill(1),
  statuses: new Uint8Array(head.statuses.length).fill(1),
  precisions: new Uint8Array(head.precisions.length).fill(1),
  countries: new Set(),
  actors: new Set(),
  publishers: new Set(),
  from: firstDay,
  to: lastDay,
  background: true,
  score: 0,
  words: "",
  hits: null,
});

export const isWhole = (f: Filter, store: Store): boolean =>
  f.from === store.firstDay &&
  f.to === store.lastDay &&
  f.background &&
  f.score === 0 &&
  !f.words &&
  f.countries.size + f.actors.size + f.publishers.size === 0 &&
  [f.layers, f.statuses, f.precisions].every((on) => on.every(Boolean));

/** Applies a filter. Incidents without a date pass while all dates are chosen; without a precision, always. */
export function apply(f: Filter, store: Store): Result {
  const { layer, status, precision, main, score, start, end, lat, country, actors, publishers } = store.columns;
  const { firstDay, lastDay } = store;
  const perLayer = new Uint32Array(f.layers.length);
  const perStatus = new Uint32Array(f.statuses.length);
  const perPrecision = new Uint32Array(f.precisions.length);
  const perDay = new Uint32Array(Math.max(0, lastDay - firstDay + 1));
  const everyDay = f.from <= firstDay && f.to >= lastDay;
  const placed: number[] = [];
  const unplaced: number[] = [];
  let undated = 0;
  for (let i = 0; i < store.total; i++) {
    if (f.hits && !f.hits[i]) continue;
    if (!f.background && !main[i]) continue;
    if (score[i] < f.score * 100) continue;
    if (f.countries.size && !f.countries.has(country[i])) continue;
    if (f.actors.size && !actors.meets(i, f.actors)) continue;
    if (f.publishers.size && !publishers.meets(i, f.publishers)) continue;
    const byLayer = f.layers[layer[i]];
    const byStatus = f.statuses[status[i]];
    const byPrecision = precision[i] < 0 ? 1 : f.precisions[precision[i]];
    const day = start[i];
    if (byLayer && byStatus && byPrecision) {
      if (day === NEVER) undated++;
      else perDay[day - firstDay]++;
    }
    if (day === NEVER ? !everyDay : day > f.to || end[i] < f.from) continue;
    if (byStatus && byPrecision) perLayer[layer[i]]++;
    if (byLayer && byPrecision) perStatus[status[i]]++;
    if (byLayer && byStatus && precision[i] >= 0) perPrecision[precision[i]]++;
    if (!byLayer || !byStatus || !byPrecision) continue;
    if (Number.isNaN(lat[i])) unplaced.push(i);
    else placed.push(i);
  }
  return { placed, unplaced, perLayer, perStatus, perPrecision, perDay, undated };
}

export type Order = "newest" | "oldest" | "killed" | "reports" | "score";
export const ORDERS: readonly Order[] = ["newest", "oldest", "killed", "reports", "score"];

/** Incidents in the order wanted; those that are alike stay newest first, and undated ones come last. */
export function sorted(ids: readonly number[], order: Order, store: Store): number[] {
  const { start, killed, reports, score } = store.columns;
  const list = [...ids];
  if (order === "newest") return list.sort((a, b) => a - b);
  const late = (i: number) => (start[i] === NEVER ? Infinity : start[i]);
  const compare: Record<Exclude<Order, "newest">, (a: number, b: number) => number> = {
    oldest: (a, b) => (late(a) === late(b) ? 0 : late(a) - late(b)),
    killed: (a, b) => killed[b] - killed[a],
    reports: (a, b) => reports[b] - reports[a],
    score: (a, b) => score[b] - score[a],
  };
  return list.sort((a, b) => compare[order](a, b) || a - b);
}
