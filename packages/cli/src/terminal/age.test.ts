import { expect, test } from "vitest";
import { age } from "./age.ts";

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
