import assert from "node:assert/strict";
import test from "node:test";
import { numbersIn } from "../src/basemap.ts";

test("numbers are read from letters", () => {
  assert.deepEqual(numbersIn("#%$O"), [0, 1, -1, 22]);
  assert.deepEqual(numbersIn("P$P%#"), [-23, 45, 0]); // 45 and 90: a zero that goes on, and one or two times 45
});
