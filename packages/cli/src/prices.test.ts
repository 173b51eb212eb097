import { expect, test } from "vitest";
import { dollars } from "./prices.ts";

test("amounts have cents, and more where they need it", () => {
  expect([0, 0.8, 5.2, 0.0005, 1200].map(dollars)).toEqual([
    "$0.00",
    "$0.80",
    "$5.20",
    "$0.0005",
    "$1200.00",
  ]);
});
