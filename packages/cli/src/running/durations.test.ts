import { expect, test } from "vitest";
import { readDuration } from "./durations.ts";

test.each([
  ["1s", 1000],
  ["30s", 30_000],
  ["15m", 900_000],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
])("%s", (typed, milliseconds) => {
  expect(readDuration(typed)).toBe(milliseconds);
});

test.each(["", "0s", "24", "-1h", "1.5h", "1w", "1h30m", "9999999d"])("'%s' is none", (typed) => {
  expect(() => readDuration(typed)).toThrow("is not a length of time");
});
