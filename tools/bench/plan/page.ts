/** Measures anew and writes docs/guides/planning.md with what was measured, and where. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { machine } from "../machine.ts";
import { measureFigures, type PlanSize } from "./measure.ts";
import { figuresIn, tablesOf } from "./tables.ts";

const size: PlanSize = { records: 500, seconds: 5, streams: 900 };

/** Resolves with the new tables. */
export async function writePlanningPage(root: string): Promise<string> {
  const path = join(root, "docs/guides/planning.md");
  const page = readFileSync(path, "utf8");
  const [before, after] = [figuresIn(page), await measureFigures(root, size)];
  const where = machine().map((line) => `- ${line}`);
  const measuredOn = ["## Measured on", "", ...where, ""].join("\n");
  const [old, anew] = [tablesOf(before), tablesOf(after)];
  const tables = old.reduce((text, table, at) => text.replace(table, anew[at] ?? ""), page);
  writeFileSync(path, tables.replace(/^## Measured on\n.*/ms, measuredOn));
  return anew.join("\n\n");
}
