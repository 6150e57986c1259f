import assert from "node:assert/strict";
import test from "node:test";
import { group, radius, sharesOf } from "../src/clusters.ts";

const size = 500;
// A fixed spread of points, dense at one spot.
const x = Float64Array.from({ length: size }, (_, n) => (n % 5 ? ((n * 7919) % 1000) / 1000 : 0.5));
const y = Float64Array.from({ length: size }, (_, n) => (n % 5 ? ((n * 6101) % 997) / 997 : 0.5));
const ids = Array.from({ length: size }, (_, n) => n);

test("every incident is in just one group, at every zoom", () => {
  for (const zoom of [0, 1, 2.5, 4, 8, 12]) {
    const members = group(ids, x, y, zoom).flatMap((one) => one.ids);
    assert.deepEqual(members.sort((a, b) => a - b), ids);
  }
});

test("marks do not lie on each other", () => {
  const groups = group(ids, x, y, 3);
  for (const a of groups)
    for (const b of groups)
      if (a !== b) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= Math.min(radius(a.ids.length), radius(b.ids.length)));
});

test("shares sum to the group", () => {
  const layer = Uint16Array.from(ids, (n) => n % 3);
  const shares = sharesOf(ids, layer);
  assert.equal(shares.reduce((sum, [, count]) => sum + count, 0), size);
  assert.deepEqual(shares.map(([n]) => n), [0, 1, 2]);
});
