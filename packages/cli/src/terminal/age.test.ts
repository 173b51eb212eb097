import { expect, test } from "vitest";
import { age, timeLeft } from "./age.ts";

const now = Date.parse("2026-03-01T12:00:00Z");

test.each([
  ["2026-03-01T12:00:30Z", "now"],
  ["2026-03-01T11:59:01Z", "now"],
  ["2026-03-01T11:59:00Z", "1m"],
  ["2026-03-01T09:30:00Z", "2h"],
  ["2026-02-01T12:00:00Z", "28d"],
  ["2024-02-01T12:00:00Z", "2y"],
])("%s is %s ago", (date, expected) => {
  expect(age(new Date(date), now)).toBe(expected);
});

test.each([
  ["2026-03-03T16:59:59Z", "2d 4h"],
  ["2026-03-02T11:59:59.500Z", "1d 0h"],
  ["2026-03-02T11:59:00Z", "23h 59m"],
  ["2026-03-01T12:04:05Z", "4m 05s"],
  ["2026-03-01T12:00:08.001Z", "9s"],
  ["2026-03-01T11:00:00Z", "0s"],
])("until %s it is %s", (date, expected) => {
  expect(timeLeft(new Date(date), now)).toBe(expected);
});
