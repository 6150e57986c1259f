import assert from "node:assert/strict";
import test from "node:test";
import { allOf, apply, isWhole, sorted } from "../src/filter.ts";
import { someStore } from "./some.ts";

const store = someStore();
const ids = (list: number[]) => list.map((i) => store.ids[i]).join("");

test("all pass at first, those without a place apart", () => {
  const found = apply(allOf(store), store);
  assert.equal(ids(found.placed), "edcb");
  assert.equal(ids(found.unplaced), "a");
  assert.deepEqual([...found.perLayer], [3, 2]);
  assert.deepEqual([...found.perDay], [1, 1, 1, 1]);
  assert.equal(found.undated, 1);
  assert.ok(isWhole(allOf(store), store));
});

test("a layer's count is what it would show, whether it is on or off", () => {
  const filter = allOf(store);
  filter.layers[1] = 0;
  const found = apply(filter, store);
  assert.equal(ids(found.placed), "ec");
  assert.deepEqual([...found.perLayer], [3, 2]);
  assert.deepEqual([...found.perStatus], [3, 0]);
  assert.ok(!isWhole(filter, store));
});

test("each filter narrows, and all work together", () => {
  const pass = (change: (f: ReturnType<typeof allOf>) => void) => {
    const filter = allOf(store);
    change(filter);
    const { placed, unplaced } = apply(filter, store);
    return ids([...placed, ...unplaced]);
  };
  assert.equal(pass((f) => f.statuses.fill(0, 0, 1)), "d");
  assert.equal(pass((f) => (f.precisions[1] = 0)), "dba", "what has no precision stays");
  assert.equal(pass((f) => f.countries.add(1)), "db");
  assert.equal(pass((f) => f.actors.add(0)), "ec");
  assert.equal(pass((f) => f.publishers.add(1)), "dcb");
  assert.equal(pass((f) => (f.background = false)), "edca");
  assert.equal(pass((f) => (f.score = 75)), "ec");
  assert.equal(pass((f) => (f.hits = Uint8Array.of(0, 0, 1, 0, 1))), "ca");
  assert.equal(pass((f) => ((f.publishers = new Set([1])), (f.score = 75))), "c");
});

test("dates keep what lasts into them, and drop what has none", () => {
  const filter = allOf(store);
  Object.assign(filter, { from: 3, to: 3 });
  const found = apply(filter, store);
  assert.equal(ids([...found.placed, ...found.unplaced]), "ed");
  assert.deepEqual([...found.perDay], [1, 1, 1, 1], "the histogram shows all days");
});

test("orders", () => {
  const all = [4, 0, 1, 2, 3];
  assert.equal(ids(sorted(all, "newest", store)), "edcba");
  assert.equal(ids(sorted(all, "oldest", store)), "bcdea");
  assert.equal(ids(sorted(all, "killed", store)), "dbcea");
  assert.equal(ids(sorted(all, "reports", store)), "decba");
  assert.equal(ids(sorted(all, "score", store)), "ecbad");
});
