import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { figuresIn, tablesOf } from "./tables.ts";

const page = readFileSync(new URL("../../../docs/guides/planning.md", import.meta.url), "utf8");

test("the planning page's tables are what its figures come to", () => {
  for (const table of tablesOf(figuresIn(page))) expect(page).toContain(table);
});

test("a page without a figure is refused", () => {
  expect(() => figuresIn(page.replace(/^\| a node, .*$/m, ""))).toThrow("nodeMegabytes");
});
