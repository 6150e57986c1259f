/** The page's own words in the reader's language, and numbers, dates and names of countries as that language has them. */

import { toDate } from "./dates.ts";
import ar from "../strings/ar.json" with { type: "json" };
import en from "../strings/en.json" with { type: "json" };
import type { Range } from "./types.ts";

export type Key = keyof typeof en.words;
interface Table {
  name: string;
  direction: string;
  locale: string;
  words: Partial<Record<Key, string>>;
  layers: Record<string, string>;
  groups: Record<string, string>;
}
const TABLES: Record<string, Table> = { en, ar };

let table: Table = en;
let numbers = new Intl.NumberFormat(en.locale);
let plurals = new Intl.PluralRules(en.locale);
let countries: Intl.DisplayNames | undefined;

export const languages = (): { code: string; name: string }[] =>
  Object.entries(TABLES).map(([code, { name }]) => ({ code, name }));
export const direction = (): string => table.direction;
export const isEnglish = (): boolean => table === en;

/** Chooses a language by its code ("ar", "ar-EG"); one without a table leaves English. Gives the code chosen. */
export function setLanguage(code: string): string {
  const short = code.toLowerCase().split("-")[0];
  const chosen = Object.hasOwn(TABLES, short) ? short : "en";
  table = TABLES[chosen];
  numbers = new Intl.NumberFormat(table.locale);
  plurals = new Intl.PluralRules(table.locale);
  countries = undefined;
  return chosen;
}

/** The words of a key; {name} stands for a value. */
export const t = (key: Key, values: Record<string, string | number> = {}): string =>
  (table.words[key] ?? en.words[key]).replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (typeof values[name] === "number" ? number(values[name]) : values[name]) : whole,
  );

export const number = (n: number): string => numbers.format(n);

/** The words of a key for a number: its forms stand as "one|other", or in the order of Intl's categories. */
export function plural(key: Key, n: number): string {
  const forms = t(key).split("|");
  const order = forms.length === 2 ? ["one", "other"] : ["zero", "one", "two", "few", "many", "other"];
  const at = order.indexOf(plurals.select(n));
  return (forms[at] ?? forms[forms.length - 1]).replace("{n}", number(n));
}

export const layerTitle = (layer: { id: string; title: string }): string => table.layers[layer.id] ?? layer.title;
export const groupTitle = (group: string): string => table.groups[group] ?? group;

let english = new Map<string, string>();

/** Takes the names that the texts' places have in English, so that the page says what titles say. */
export function nameCountries(names: readonly [code: string, name: string][]): void {
  english = new Map(names);
}

export function countryName(code: string): string {
  const own = isEnglish() ? english.get(code) : undefined;
  if (own) return own;
  try {
    countries ??= new Intl.DisplayNames([table.locale], { type: "region" });
    return countries.of(code) ?? code;
  } catch {
    return code;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();
const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = table.locale + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(table.locale, { timeZone: "UTC", ...options });
    formats.set(key, made);
  }
  return made;
};
const LONG: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric" };

export const dayWords = (day: number, month: "long" | "short" = "long"): string =>
  format({ ...LONG, month }).format(toDate(day));

/** When it happened, as exactly as it is known. `exact` is a precision of dates, or empty. */
export function whenWords(start: number | null, end: number | null, exact: string, written: string): string {
  if (start === null) return written ? t("dateRelative", { words: written }) : t("dateNotStated");
  const last = end ?? start;
  const [from, to] = [toDate(start), toDate(last)];
  if (exact === "year") {
    const year = format({ year: "numeric" });
    return from.getUTCFullYear() === to.getUTCFullYear() ? year.format(from) : year.formatRange(from, to);
  }
  if (exact === "month") return format({ month: "long", year: "numeric" }).format(from);
  if (exact === "week") return t("weekOf", { day: dayWords(start) });
  if (exact === "published") return t("reportedOn", { day: dayWords(start) });
  return last <= start ? dayWords(start) : format(LONG).formatRange(from, to);
}

/** How many: an interval of persons or weapons. */
export function rangeWords([low, high]: Range): string {
  if (high === null) return low ? t("atLeast", { n: low }) : t("someNumber");
  if (low === high) return low ? number(low) : t("none");
  return low ? t("between", { low, high }) : t("upTo", { n: high });
}
