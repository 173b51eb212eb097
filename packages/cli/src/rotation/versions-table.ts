/** The versions of a secret or a parameter in lines; an id is never broken, so that it can be copied. */
import type { VersionEntry } from "../stores/store.ts";
import { age } from "../terminal/age.ts";
import { type Cell, fits, lineWidth, type Row, table } from "../terminal/table.ts";
import type { Revoked } from "./revoked-versions.ts";

/** Few secrets have a version that was revoked: only then there is a word on each. */
export function secretVersionsTable(
  history: readonly VersionEntry[],
  revoked: Revoked = new Map(),
  width = lineWidth(),
): string {
  const titles = ["VERSION", "STAGES", "CREATED"];
  if (!history.some(({ version }) => revoked.has(version))) {
    return table(titles, history.map(cellsOf), width);
  }
  const all = [...titles, "REVOKED"];
  const rows = (inWords: (date: Date) => string) =>
    history.map((entry): Row => [...cellsOf(entry), endOf(entry, revoked, inWords)]);
  const dated = rows(inSeconds);
  // The audit trail has the second, and so has a wider terminal.
  return table(all, fits(all, dated, width) ? dated : rows((date) => age(date)), width);
}

export function parameterVersionsTable(history: readonly VersionEntry[]): string {
  return table(
    ["VERSION", "LABELS", "CHANGED", "BY"],
    history.map((entry) => [...cellsOf(entry), entry.by ?? "-"]),
  );
}

function endOf(
  { version }: VersionEntry,
  revoked: Revoked,
  inWords: (date: Date) => string,
): Cell | string {
  const date = revoked.get(version);
  return date === undefined ? "-" : { text: inWords(date), style: "red" };
}

function cellsOf({ version, labels, isCurrent, date }: VersionEntry): Row {
  return [
    isCurrent ? { text: version, style: "bold" as const } : version,
    labels.join(", ") || "-",
    date === undefined ? "-" : inSeconds(date),
  ];
}

function inSeconds(date: Date): string {
  return date.toISOString().slice(0, 19).replace("T", " ");
}
