import assert from "node:assert/strict";
import test from "node:test";
import { cell, citationOf, correctionOf, propertiesOf } from "../src/records.ts";
import { decode91, readRow } from "../src/store.ts";
import { someStore } from "./some.ts";

const store = someStore();
const packed = [
  "Protest: Isfahan, Iran", 0, "", "stones", [[0, 12, null]], ["Rebels"], ["Army"], [[0, "Rebels", 0], [2, "Army", 0]],
  [["He said \"stop\".", 3, 7, 0]], [["Post", "A = headline", "https://example.org/1", "1970-01-04", 0], ["Times", "", "", "", 1]], 0,
]; // prettier-ignore
const row = readRow(JSON.stringify(packed), "Isfahan");

test("a row is read as it was written", () => {
  assert.equal(row.written, "Isfahan");
  assert.deepEqual(row.counts, [[12, null]]);
  assert.deepEqual(row.quotes[0].mark, [3, 7]);
});

test("properties are those of geomap's own GeoJSON", () => {
  const properties = propertiesOf(store, 1, row);
  const expected = {
    id: "d", layer: "protest", start: "1970-01-03", end: "1970-01-04", date_precision: "day", place: "Isfahan", country: "IR",
    radius_km: 60, gazetteer_id: "geonames:2", killed_min: 12, killed_max: null, injured_min: null, status: "denied",
    attributed_to: "Rebels", denied_by: "Army", n_reports: 2, n_publishers: 1, score: 0.4,
  }; // prettier-ignore
  for (const [name, value] of Object.entries(expected)) assert.equal(properties[name], value, name);
  assert.deepEqual(Object.keys(properties).slice(-3), ["plover", "acled", "cameo"]);
});

test("a cell never starts a formula, and quotes what has to be", () => {
  assert.equal(cell("=1+1"), "'=1+1");
  assert.equal(cell(" @x"), "' @x");
  assert.equal(cell("－1"), "'－1");
  assert.equal(cell(-1), "-1");
  assert.equal(cell('a "b", c'), '"a ""b"", c"');
  assert.equal(cell(null), "");
  assert.equal(cell(["=a"]), '"[""=a""]"');
});

test("a citation names incident, map and sources", () => {
  const words = citationOf(store, 1, row, "file:///map.html#incident=d");
  for (const part of ["Protest: Isfahan, Iran (1970-01-03/1970-01-04)", "Some map, incident d", "Post, “A = headline”", "https://example.org/1"])
    assert.ok(words.includes(part), part);
});

test("lines of a correction are TOML, whatever the texts hold", () => {
  const hostile = someStore();
  hostile.head.places[1] = 'x\n[[evil]]\u2028"""';
  hostile.head.spots[1][8] = 'a"\n\u007f';
  const lines = correctionOf(hostile, 1, row).split("\n");
  assert.deepEqual(lines.slice(0, 3), ["[[incident]]", 'id = "d"', 'layer = "protest"']);
  assert.ok(lines[3].startsWith('place = "a\\"\\n\\u007f"  # x [[evil]]'), lines[3]);
  assert.ok(lines.includes("killed = { min = 12 }"));
});

test("letters of 91 give back bytes", () => {
  // As render.py writes them: 13 bits a pair, one letter more where the last byte is filling.
  const letters = Array.from({ length: 94 }, (_, n) => String.fromCharCode(0x21 + n)).filter((c) => !"&<>".includes(c));
  for (const length of [0, 1, 2, 3, 12, 13, 14, 200]) {
    const bytes = Uint8Array.from({ length }, (_, n) => (n * 97 + 255) % 256);
    const bits = [...bytes].map((b) => b.toString(2).padStart(8, "0")).join("");
    const values = (bits + "0".repeat((13 - (bits.length % 13)) % 13)).match(/.{13}/g)?.map((b) => parseInt(b, 2)) ?? [];
    const text = values.map((v) => letters[Math.floor(v / 91)] + letters[v % 91]).join("");
    const filling = Math.floor((values.length * 13) / 8) - length;
    assert.deepEqual(decode91(text + "!".repeat(filling)), bytes);
  }
});
