/** What the tests of the page's parts share: a small store. */

import type { Head } from "../src/types.ts";
import { Store } from "../src/store.ts";

/** Five incidents on 1 to 4 January 1970, the last without a date and without a place. */
export function someStore(): Store {
  const layer = (id: string, title: string) => ({ id, title, group: "G", color: "#336699", icon: "", plover: ["X"], acled: [], cameo: ["190"] });
  const head: Head = {
    title: "Some map",
    description: "",
    options: { language: "en", accent: "", tiles: null },
    layers: [layer("air_strike", "Air strike"), layer("protest", "Protest")],
    statuses: ["reported", "denied"],
    precisions: ["site", "town", "admin"],
    exactness: ["day", "week", "month", "year", "published"],
    stances: ["asserts", "confirms", "denies", "declines to comment"],
    counts: ["killed", "injured"],
    countries: ["SY", "IR"],
    countryNames: ["Syria", "Iran"],
    actors: ["Army", "Rebels"],
    publishers: ["Post", "Times"],
    places: ["Arkala", "Isfahan"],
    shapes: [],
    chunk: 2,
    spots: [
      [3_350_000, 3_630_000, 0, 0, 1, 4, -1, "North", "geonames:1"],
      [3_265_000, 5_167_000, 1, 1, 2, 60, -1, "Isfahan", "geonames:2"],
      [null, null, -1, -1, -1, 0, -1, "", ""],
    ],
    columns: {
      id: ["e", "d", "c", "b", "a"],
      layer: [0, 1, 0, 1, 0],
      spot: [0, 1, 0, 1, 2],
      start: [3, 2, 1, 0, null],
      days: [0, 1, 0, 0, 0],
      exact: [0, 0, 4, 0, -1],
      status: [0, 1, 0, 0, 0],
      main: [1, 1, 1, 0, 1],
      score: [9000, 4000, 8000, 7000, 5000],
      killed: [-1, 12, 0, 3, -1],
      reports: [1, 2, 1, 1, 1],
      actors: [[0], [1], [0, 1], [], [1]],
      publishers: [[0], [0, 1], [1], [1], []],
    },
  };
  return new Store(head);
}
