/** Days and their histogram. Days are counted from 1970-01-01, in UTC. */

const DAY = 86_400_000; // milliseconds

export const toDay = (iso: string): number | null => {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? Date.parse(`${iso}T00:00:00Z`) : NaN;
  return Number.isFinite(time) ? time / DAY : null;
};
export const toDate = (day: number): Date => new Date(day * DAY);
export const toIso = (day: number): string => toDate(day).toISOString().slice(0, 10);

export type Unit = "day" | "week" | "month" | "year";

export interface Bin {
  first: number; // day
  last: number; // day, inclusive
  count: number;
}

const MOST_BINS = 90;

/** The unit that gives a span of days no more than some ninety bars. */
export const unitOf = (days: number): Unit =>
  days <= MOST_BINS ? "day" : days <= MOST_BINS * 7 ? "week" : days <= MOST_BINS * 30.5 ? "month" : "year";

const startOf = (day: number, unit: Unit): number => {
  const date = toDate(day);
  if (unit === "week") return day - ((date.getUTCDay() + 6) % 7); // Monday
  if (unit === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY;
  return unit === "year" ? Date.UTC(date.getUTCFullYear(), 0, 1) / DAY : day;
};

const nextOf = (start: number, unit: Unit): number => {
  const date = toDate(start);
  if (unit === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY;
  if (unit === "year") return Date.UTC(date.getUTCFullYear() + 1, 0, 1) / DAY;
  return start + (unit === "week" ? 7 : 1);
};

/** Bars from the first to the last day; `perDay` counts incidents by their day since `first`. */
export function binsOf(first: number, last: number, perDay: Uint32Array): { unit: Unit; bins: Bin[] } {
  const unit = unitOf(last - first + 1);
  const bins: Bin[] = [];
  for (let start = startOf(first, unit); start <= last; start = nextOf(start, unit)) {
    const end = nextOf(start, unit) - 1;
    let count = 0;
    for (let day = Math.max(start, first); day <= Math.min(end, last); day++) count += perDay[day - first] ?? 0;
    bins.push({ first: Math.max(start, first), last: Math.min(end, last), count });
  }
  return { unit, bins };
}
