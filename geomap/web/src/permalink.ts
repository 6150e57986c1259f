/** The state of the page as the part of its address after "#", so that it can be passed on and gone back to. */

import { toDay, toIso } from "./dates.ts";
import { allOf, ORDERS, type Filter, type Order } from "./filter.ts";
import type { Store } from "./store.ts";

export interface View {
  filter: Filter; // without hits: they are found anew
  order: Order;
  heat: boolean;
  incident: string; // id of the one that is open, or empty
  center: [lat: number, lon: number] | null; // null: all incidents
  zoom: number;
}

const listed = (on: Uint8Array, names: string[]): string => names.filter((_, n) => !on[n]).join(",");

/** Gives "" for the state in which the page opens. */
export function encode(view: View, store: Store): string {
  const { filter: f } = view;
  const { head } = store;
  const params = new URLSearchParams();
  const put = (name: string, value: string) => {
    if (value) params.set(name, value);
  };
  const names = (chosen: Set<number>, table: string[]) => {
    for (const name of [...chosen].map((n) => table[n]).sort()) params.append(table === head.actors ? "actor" : table === head.publishers ? "publisher" : "country", name);
  };
  put("incident", view.incident);
  put("q", f.words.trim());
  put("off", listed(f.layers, head.layers.map(({ id }) => id)));
  put("nostatus", listed(f.statuses, head.statuses));
  put("noprecision", listed(f.precisions, head.precisions));
  names(f.countries, head.countries);
  names(f.actors, head.actors);
  names(f.publishers, head.publishers);
  put("from", f.from > store.firstDay ? toIso(f.from) : "");
  put("to", f.to < store.lastDay ? toIso(f.to) : "");
  put("background", f.background ? "" : "0");
  put("score", f.score ? String(f.score) : "");
  put("sort", view.order === "newest" ? "" : view.order);
  put("heat", view.heat ? "1" : "");
  if (view.center) put("at", `${view.zoom},${view.center[0].toFixed(3)},${view.center[1].toFixed(3)}`);
  return params.toString();
}

/** Reads what `encode` wrote; "#id" alone opens an incident. What means nothing here is passed over. */
export function decode(hash: string, store: Store): View {
  const { head } = store;
  const text = hash.replace(/^#/, "");
  const filter = allOf(store);
  const view: View = { filter, order: "newest", heat: false, incident: "", center: null, zoom: 2 };
  if (!text) return view;
  if (!text.includes("=")) {
    try {
      view.incident = decodeURIComponent(text);
    } catch {
      view.incident = text;
    }
    return view;
  }
  const params = new URLSearchParams(text);
  const list = (name: string) => (params.get(name) ?? "").split(",");
  const off = (on: Uint8Array, names: string[], gone: string[]) => names.forEach((name, n) => (on[n] = gone.includes(name) ? 0 : 1));
  const chosen = (name: string, table: string[]) =>
    new Set(params.getAll(name).map((one) => table.indexOf(one)).filter((n) => n >= 0));
  const within = (day: number | null, otherwise: number) =>
    day === null ? otherwise : Math.max(store.firstDay, Math.min(store.lastDay, day));
  off(filter.layers, head.layers.map(({ id }) => id), list("off"));
  off(filter.statuses, head.statuses, list("nostatus"));
  off(filter.precisions, head.precisions, list("noprecision"));
  filter.countries = chosen("country", head.countries);
  filter.actors = chosen("actor", head.actors);
  filter.publishers = chosen("publisher", head.publishers);
  const days = [within(toDay(params.get("from") ?? ""), store.firstDay), within(toDay(params.get("to") ?? ""), store.lastDay)];
  if (store.firstDay <= store.lastDay) [filter.from, filter.to] = [Math.min(...days), Math.max(...days)];
  filter.background = params.get("background") !== "0";
  const score = Number(params.get("score"));
  if (score > 0 && score <= 100) filter.score = Math.round(score);
  filter.words = (params.get("q") ?? "").slice(0, 200);
  view.order = ORDERS.find((order) => order === params.get("sort")) ?? "newest";
  view.heat = params.get("heat") === "1";
  view.incident = params.get("incident") ?? "";
  const [zoom, lat, lon] = (params.get("at") ?? "").split(",").map(Number);
  if ([zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 86 && Math.abs(lon) <= 540 && zoom >= 0 && zoom <= 20)
    Object.assign(view, { center: [lat, lon], zoom });
  return view;
}
