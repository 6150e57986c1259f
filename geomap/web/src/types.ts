/** What the page is told by render.py. Coordinates are degrees, radii km, days are counted from 1970-01-01. */

export interface Layer {
  id: string;
  title: string;
  group: string;
  color: string; // "#rrggbb"
  icon: string;
  plover: string[];
  acled: string[];
  cameo: string[];
}

/** Where incidents lie: -1 (lat, lon: null; texts: empty) for what is not known. */
export type Spot = [
  lat: number | null, lon: number | null, // 1e-5 degrees
  place: number, country: number, precision: number,
  radius: number, // km
  shape: number, admin1: string, gazetteer: string,
]; // prettier-ignore

/** One value an incident; -1 (start: null) where there is none. */
export interface RawColumns {
  id: string[];
  layer: number[];
  spot: number[]; // which of the spots
  start: (number | null)[]; // days
  days: number[]; // that follow the first
  exact: number[]; // which date precision
  status: number[];
  main: number[]; // 0: told as background only
  score: number[]; // 0..10,000
  killed: number[]; // at least, persons
  reports: number[];
  actors: number[][]; // who acts or is acted upon, each once
  publishers: number[][];
}

export interface Options {
  language: string; // of the page's own words
  accent: string; // "#rrggbb" or ""
  tiles: { url: string; attribution: { text: string; url: string }[]; maxZoom: number; subdomains: string } | null;
}

export interface Head {
  title: string;
  description: string;
  options: Options;
  layers: Layer[];
  statuses: string[];
  precisions: string[];
  exactness: string[]; // precisions of dates
  stances: string[];
  counts: string[]; // what is counted: killed, injured, ...
  countries: string[]; // ISO 3166-1 alpha-2
  countryNames: string[]; // in English
  actors: string[];
  publishers: string[];
  places: string[];
  shapes: GeoJSON.GeoJsonObject[];
  chunk: number; // incidents a block of texts
  columns: RawColumns;
  spots: Spot[];
}

export type Range = [low: number, high: number | null];

export interface Claim {
  stance: number;
  name: string;
  quote: number; // which quote; -1: none
}

export interface Quote {
  text: string;
  mark: [number, number] | null; // characters of the trigger
  source: number; // which source; -1: not known
}

export interface Source {
  publisher: string;
  title: string;
  url: string; // http, https, or empty
  published: string; // ISO date, or empty
  copied: boolean; // from an earlier one
}

/** The words of one incident. */
export interface Row {
  title: string;
  written: string; // the place in the text's words
  dateWritten: string;
  weapon: string;
  counts: (Range | null)[];
  doers: string[];
  targets: string[];
  claims: Claim[];
  quotes: Quote[];
  sources: Source[];
  more: number; // sources that the page leaves out
}
