import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { figuresIn, figuresTable, planTable } from "./tables.ts";

const page = readFileSync(new URL("../../../docs/guides/planning.md", import.meta.url), "utf8");

test("the planning page's tables are what its figures come to", () => {
  const figures = figuresIn(page);
  expect(page).toContain(figuresTable(figures));
  expect(page).toContain(planTable(figures));
});

test("a page without a figure is refused", () => {
  expect(() => figuresIn(page.replace(/^\| a node, .*$/m, ""))).toThrow("nodeMegabytes");
});
