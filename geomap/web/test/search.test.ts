import assert from "node:assert/strict";
import test from "node:test";
import { fold, markHits, termsOf } from "../src/search.ts";

const find = (lines: string[], words: string) => {
  const hits = new Uint8Array(lines.length + 1);
  markHits(fold(lines.join("\n")), termsOf(words), hits, 1);
  return [...hits.slice(1)];
};

test("accents and capitals don't matter", () => {
  assert.deepEqual(find(["Nīnawá", "elsewhere", "NINAWA"], "Ninawá"), [1, 0, 1]);
});

test("all words must be in one line, in any order", () => {
  assert.deepEqual(find(["strike in Isfahan", "strike", "Isfahan: a strike"], "isfahan strike"), [1, 0, 1]);
});

test("lines at both ends are found, and found once", () => {
  assert.deepEqual(find(["aa aa", "", "b", "aa"], "aa"), [1, 0, 0, 1]);
  assert.deepEqual(find(["b"], "aa"), [0]);
});
