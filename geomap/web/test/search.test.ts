import assert from "node:assert/strict";
import test from "node:test";
import { fold, linesWith, termsOf } from "../src/search.ts";

const find = (lines: string[], words: string) => linesWith(fold(lines.join("\n")), termsOf(words));

test("accents and capitals don't matter", () => {
  assert.deepEqual(find(["Nīnawá", "elsewhere", "NINAWA"], "Ninawá"), [0, 2]);
});

test("all words must be in one line, in any order", () => {
  assert.deepEqual(find(["strike in Isfahan", "strike", "Isfahan: a strike"], "isfahan strike"), [0, 2]);
});

test("lines at both ends are found, and found once", () => {
  assert.deepEqual(find(["aa aa", "", "b", "aa"], "aa"), [0, 3]);
  assert.deepEqual(find(["b"], "aa"), []);
});
