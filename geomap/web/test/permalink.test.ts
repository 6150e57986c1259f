import assert from "node:assert/strict";
import test from "node:test";
import { decode, encode } from "../src/permalink.ts";
import { someStore } from "./some.ts";

const store = someStore();

test("the state in which the page opens has no address", () => assert.equal(encode(decode("", store), store), ""));

test("every part of the state comes back from its address", () => {
  const view = decode("", store);
  const { filter } = view;
  filter.layers[1] = 0;
  filter.statuses[1] = 0;
  filter.precisions[2] = 0;
  filter.countries.add(1);
  filter.actors.add(0).add(1);
  filter.publishers.add(1);
  Object.assign(filter, { from: 1, to: 2, background: false, score: 40, words: "a & b=c, 'é'" });
  Object.assign(view, { order: "killed", heat: true, incident: "d", center: [33.5, -36.25], zoom: 6.5 });
  const again = decode(`#${encode(view, store)}`, store);
  assert.deepEqual(again, view);
});

test("a name alone opens an incident", () => {
  assert.equal(decode("#d", store).incident, "d");
  assert.equal(decode("#%E0%A4%A", store).incident, "%E0%A4%A");
});

test("what means nothing is passed over", () => {
  const view = decode("#off=nothing&country=XX&from=2024-13-01&to=x&score=1e9&at=9,NaN,2&sort=by&heat=2&nostatus=", store);
  assert.equal(encode(view, store), "");
});

test("dates beyond the data are those of its ends", () => {
  const { filter } = decode("#from=1900-01-01&to=2100-01-01", store);
  assert.deepEqual([filter.from, filter.to], [store.firstDay, store.lastDay]);
});
