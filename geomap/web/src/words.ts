/** What the page says of an incident, in the reader's language. */

import { countryName, groupTitle, isEnglish, layerTitle, number, plural, rangeWords, t, whenWords, type Key } from "./strings.ts";
import type { Store } from "./store.ts";
import type { Row } from "./types.ts";

export const titleOf = (store: Store, i: number, row: Row): string => {
  if (isEnglish()) return row.title;
  const place = placeWords(store, i);
  const layer = layerTitle(store.head.layers[store.columns.layer[i]]);
  return place ? `${layer}: ${place}` : layer;
};

/** "Isfahan, Iran": the place with its country. */
export function placeWords(store: Store, i: number): string {
  const [name, country] = [store.placeOf(i), store.countryOf(i)];
  if (!name) return "";
  const whole = country ? countryName(country) : "";
  const isCountry = store.precisionOf(i) === "country" || name === store.head.countryNames[store.columns.country[i]];
  if (isCountry && whole) return whole;
  const admin1 = store.isPoint(i) && store.admin1Of(i) !== name ? store.admin1Of(i) : "";
  return [name, admin1, whole && whole !== name ? whole : ""].filter(Boolean).join(", ");
}

export const when = (store: Store, i: number, row: Row): string =>
  whenWords(store.day(i), store.lastDayOf(i), store.head.exactness[store.columns.exact[i]] ?? "", row.dateWritten);

const PRECISIONS: Record<string, Key> = {
  site: "precisionSite", town: "precisionTown", admin: "precisionAdmin", country: "precisionCountry",
  region: "precisionRegion", sea: "precisionSea",
}; // prettier-ignore

export const precisionTitle = (precision: string): string => t(PRECISIONS[precision] ?? "none");
export const statusTitle = (status: string): string => t(status as Key);

function precisionWords(store: Store, i: number): string {
  const precision = store.precisionOf(i);
  if (!precision) return "";
  const km = store.columns.radius[i];
  if (!km) return precisionTitle(precision);
  return t("withinKm", { kind: precisionTitle(precision), km: km < 10 ? Math.round(km * 10) / 10 : Math.round(km) });
}

function actorWords({ doers, targets }: Row): string {
  const list = (names: string[]) => names.slice(0, 12).join(", ") + (names.length > 12 ? ` ${t("andMore", { n: names.length - 12 })}` : "");
  if (doers.length && targets.length) return t("acts", { doers: list(doers), targets: list(targets) });
  if (doers.length) return t("acted", { doers: list(doers) });
  return targets.length ? t("actedUpon", { targets: list(targets) }) : "";
}

/** Label and value of all that is known, in the order of reading. */
export function factsOf(store: Store, i: number, row: Row): [label: string, value: string][] {
  const { head, columns } = store;
  const place = placeWords(store, i);
  const written = row.written && !place.toLowerCase().includes(row.written.toLowerCase()) ? row.written : "";
  const publishers = new Set(row.sources.filter((s) => !s.copied && s.publisher).map((s) => s.publisher)).size;
  const reports = plural("reportCount", columns.reports[i]);
  const facts: [string, string][] = [
    [t("place"), written && place ? t("placedAt", { written: `“${written}”`, place }) : place || written],
    [t("precision"), precisionWords(store, i)],
    [t("status"), statusTitle(store.statusOf(i))],
    ...head.stances.map((stance, n): [string, string] => [
      t(stance as Key),
      [...new Set(row.claims.filter((claim) => claim.stance === n).map(({ name }) => name))].join(", "),
    ]),
    [t("actors"), actorWords(row)],
    [t("weapon"), row.weapon],
    ...head.counts.map((kind, n): [string, string] => [t(kind as Key), row.counts[n] ? rangeWords(row.counts[n]) : ""]),
    [t("reports"), publishers > 1 ? t("reportsFrom", { reports, publishers: plural("publishers", publishers) }) : reports],
    [t("mention"), columns.main[i] ? "" : t("backgroundOnly")],
    [t("score"), number(Math.round(columns.score[i] / 100) / 100)],
  ];
  return facts.filter(([, value]) => value);
}

/** Label and value of the codes of its event type in other systems, and its id. */
export function codesOf(store: Store, i: number): [label: string, value: string][] {
  const { plover, acled, cameo } = store.head.layers[store.columns.layer[i]];
  const codes: [string, string][] = [["PLOVER", plover.join(", ")], ["ACLED", acled.join(", ")], ["CAMEO", cameo.join(", ")], [t("id"), store.ids[i]]]; // prettier-ignore
  return codes.filter(([, value]) => value);
}

export { groupTitle, layerTitle };
