import { expect, test } from "vitest";
import { lifetimeFrom, limitsOf } from "./lifetime.ts";

const limits = { ttlMilliseconds: 1000, maxStaleMilliseconds: 500 };

test.each([
  { drawn: 0, refreshAt: 807, freshUntil: 1007 },
  { drawn: 1, refreshAt: 727, freshUntil: 907 },
])("chance ($drawn) shortens the TTL, not how long a value may be served at all", (expected) => {
  const { drawn, ...moments } = expected;
  expect(lifetimeFrom(7, limits, () => drawn)).toEqual({ ...moments, staleUntil: 1507 });
});

test("what expires may be served until it does, whatever chance says", () => {
  expect(lifetimeFrom(0, limitsOf(3600), () => 1).staleUntil).toBe(3600);
});
