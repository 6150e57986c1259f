import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { toDay } from "../src/dates.ts";
import { number, plural, rangeWords, setLanguage, t, whenWords } from "../src/strings.ts";

interface Table {
  locale: string;
  direction: string;
  words: Record<string, string>;
}
const folder = new URL("../strings/", import.meta.url);
const tables = Object.fromEntries(
  readdirSync(folder).map((name): [string, Table] => [name.slice(0, -5), JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Table]),
);
const holes = (words: string) => [...words.matchAll(/\{\w+\}/g)].map(String).sort();

test("every language has all words, with the same values in them", () => {
  for (const [code, { words, direction, locale }] of Object.entries(tables)) {
    assert.deepEqual(Object.keys(words).sort(), Object.keys(tables.en.words).sort(), code);
    assert.ok(["ltr", "rtl"].includes(direction));
    const forms = new Set(Object.values(tables.en.words).filter((one) => one.includes("|")).map((one) => one.split("|").length));
    assert.deepEqual([...forms], [2]);
    for (const [key, english] of Object.entries(tables.en.words)) {
      if (english.includes("|")) {
        const count = words[key].split("|").length;
        assert.ok(count === 6 || count === new Intl.PluralRules(locale).resolvedOptions().pluralCategories.length, `${code} ${key}`);
      } else assert.deepEqual(new Set(holes(words[key])), new Set(holes(english)), `${code} ${key}`);
    }
  }
});

test("dates say how exact they are", () => {
  setLanguage("en");
  const day = (iso: string) => toDay(iso);
  assert.equal(whenWords(day("2024-03-04"), day("2024-03-04"), "day", ""), "4 March 2024");
  assert.equal(whenWords(day("2024-03-04"), day("2024-03-06"), "day", "").replaceAll(/\s/g, ""), "4–6March2024");
  assert.equal(whenWords(day("2024-03-01"), day("2024-03-31"), "month", ""), "March 2024");
  assert.equal(whenWords(day("2024-01-01"), day("2024-12-31"), "year", ""), "2024");
  assert.equal(whenWords(day("2023-01-01"), day("2024-12-31"), "year", "").replaceAll(/\s/g, ""), "2023–2024");
  assert.equal(whenWords(day("2024-03-04"), day("2024-03-10"), "week", ""), "Week of 4 March 2024");
  assert.equal(whenWords(day("2024-03-04"), day("2024-03-04"), "published", ""), "Reported on 4 March 2024");
  assert.equal(whenWords(null, null, "", "on Monday"), "“on Monday”, of no known day");
  assert.equal(whenWords(null, null, "", ""), "Date not stated");
});

test("counts keep their bounds", () => {
  setLanguage("en");
  const words = ([[12, 12], [0, 0], [12, null], [0, null], [0, 30], [10, 1500]] as [number, number | null][]).map(rangeWords);
  assert.deepEqual(words, ["12", "none", "at least 12", "some, number not stated", "up to 30", "10 to 1,500"]);
});

test("a language is chosen by its code, and one without a table is English", () => {
  assert.equal(setLanguage("ar-EG"), "ar");
  assert.equal(plural("incidents", 2), "حدثان");
  assert.ok(plural("incidents", 11).includes(number(11)));
  assert.equal(setLanguage("xx"), "en");
  assert.equal(setLanguage("__proto__"), "en");
  assert.equal(plural("incidents", 1), "1 incident");
  assert.equal(t("match", { n: 1234, total: 5678 }), "1,234 of 5,678 match");
});
