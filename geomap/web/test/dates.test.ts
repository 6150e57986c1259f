import assert from "node:assert/strict";
import test from "node:test";
import { binsOf, toDay, toIso, unitOf } from "../src/dates.ts";

test("days are counted from 1970", () => {
  assert.equal(toDay("1970-01-02"), 1);
  assert.equal(toIso(toDay("2024-02-29")!), "2024-02-29");
  for (const text of ["", "2024", "2024-02-30x", "yesterday"]) assert.equal(toDay(text), null);
});

test("longer spans have longer units", () => {
  assert.deepEqual([30, 300, 2000, 9000].map(unitOf), ["day", "week", "month", "year"]);
});

test("bins are whole weeks, months and years, and count every day once", () => {
  for (const [from, to] of [["2024-01-03", "2024-01-20"], ["2023-11-01", "2024-06-03"], ["2019-05-05", "2024-06-03"], ["1990-01-01", "2024-06-03"]]) {
    const [first, last] = [toDay(from)!, toDay(to)!];
    const { bins, unit } = binsOf(first, last, new Uint32Array(last - first + 1).fill(1));
    assert.equal(bins.reduce((sum, { count }) => sum + count, 0), last - first + 1);
    assert.deepEqual([bins[0].first, bins.at(-1)!.last], [first, last]);
    bins.slice(1).forEach((bin, n) => assert.equal(bin.first, bins[n].last + 1));
    if (unit === "month") assert.ok(bins.slice(1).every(({ first: day }) => toIso(day).endsWith("-01")));
    if (unit === "week") assert.ok(bins.slice(1).every(({ first: day }) => new Date(day * 864e5).getUTCDay() === 1));
    assert.ok(bins.length <= 92);
  }
});
