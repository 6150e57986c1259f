import assert from "node:assert/strict";
import test from "node:test";
import { inkOn, legible } from "../src/elements.ts";

test("ink reads on its color", () => {
  assert.equal(inkOn("#ffee88"), "#16191d");
  assert.equal(inkOn("#123456"), "#ffffff");
});

test("a color that letters can be read in stays as it is", () => {
  assert.equal(legible("#1f5fae", "#f4f6f8"), "#1f5fae");
});

test("one too near to its ground is changed no more than needed", () => {
  const value = (color: string) => parseInt(color.slice(1, 3), 16);
  const [onDark, onLight] = [legible("#aa3311", "#252c35"), legible("#ffcc00", "#f4f6f8")];
  assert.ok(value(onDark) > 0xaa && onDark !== "#ffffff");
  assert.ok(value(onLight) < 0xff && onLight !== "#000000");
  assert.match(onDark + onLight, /^(#[0-9a-f]{6}){2}$/);
});
