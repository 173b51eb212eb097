import { expect, test } from "vitest";
import { bitsPerCharacter, estimatedBits, weakness } from "./strength.ts";

test.each([
  ["changeme", "a placeholder, not a secret"],
  ["your-api-key-here", "a placeholder, not a secret"],
  ["<token>", "a placeholder, not a secret"],
  ["xxxxxxxx", "a placeholder, not a secret"],
  ["Password123!", "weak: among the first that anybody tries"],
  ["12345678", "weak: among the first that anybody tries"],
  ["k3Y!m", "weak: 5 characters"],
  ["aaaaaaaaaaaaaaaaaaaa", "weak: guessed in about 2^0 tries"],
])("%s: %s", (value, why) => {
  expect(weakness(value)).toBe(why);
});

test("what a machine made is strong", () => {
  for (const value of ["q7Rt2LmX9bVz4KpW", "9f86d081884c7d659a2feaa0c55ad015"]) {
    expect(weakness(value)).toBeUndefined();
  }
});

test("entropy is Shannon's", () => {
  expect(bitsPerCharacter("abcd")).toBe(2);
  expect(bitsPerCharacter("aaaa")).toBeCloseTo(0);
  expect(estimatedBits("")).toBe(0);
});
