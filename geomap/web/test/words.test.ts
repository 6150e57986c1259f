import assert from "node:assert/strict";
import test from "node:test";
import { nameCountries, setLanguage } from "../src/strings.ts";
import { placeWords } from "../src/words.ts";
import { someStore } from "./some.ts";

test("a place is named with its country, and a country once", () => {
  const store = someStore();
  nameCountries([["SY", "Syria"]]);
  assert.equal(placeWords(store, 0), "Arkala, North, Syria");
  store.head.places[0] = "Syria"; // "southern Syria"
  assert.equal(placeWords(store, 0), "Syria");
  setLanguage("ar");
  assert.equal(placeWords(store, 0), "سوريا");
  setLanguage("en");
});
