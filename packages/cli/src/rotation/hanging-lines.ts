/**
 * Lines of a run as a terminal has room for them: one that is too long goes on beneath what it
 * says, and no word is broken that fits into a line.
 */
import { stripVTControlCharacters } from "node:util";

export function hangingLines(lines: readonly string[], width: number): string[] {
  return lines.flatMap((line) => (lengthOf(line) <= width ? [line] : broken(line, width)));
}

function broken(line: string, width: number): string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of line.split(/(?<= )/)) {
    if (row.trim() !== "" && lengthOf(row + word.trimEnd()) > width) {
      rows.push(row.trimEnd());
      row = indent;
    }
    row += word;
  }
  return [...rows, row];
}

/** Where the second column of a run's lines begins. */
const indent = " ".repeat(14);

/** As it is seen: without colours. */
function lengthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
