/**
 * Tables of plain text: columns by two spaces, no lines. On a terminal a table fits its width:
 * the widest column wraps. Elsewhere each row is one line, for grep.
 */
import { coloured, type Style } from "./colour.ts";

export interface Cell {
  readonly text: string;
  readonly style: Style;
  readonly branch?: Branch;
}

/** What a tree draws before the first line of a text, and before each further one. */
export interface Branch {
  readonly first: string;
  readonly further: string;
}

export type Row = readonly (string | Cell)[];

/** The table with a line feed at its end. Colour only where standard output is a terminal. */
export function table(
  titles: readonly string[],
  rows: readonly Row[],
  width = lineWidth(),
): string {
  const cells = cellsOf(rows);
  const widths = fitted(natural(titles, cells), width - gap.length * (titles.length - 1));
  const header = titles.map((text): Cell => ({ text, style: "dim" }));
  return [header, ...cells].map((row) => drawn(row, widths)).join("");
}

/** Whether every row of it is one line. */
export function fits(titles: readonly string[], rows: readonly Row[], width = lineWidth()) {
  const widths = natural(titles, cellsOf(rows));
  return widths.reduce((sum, each) => sum + each + gap.length, -gap.length) <= width;
}

/** Columns of the terminal; without bound where standard output is none. */
export function lineWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}

/**
 * The text in lines of at most `width`, broken after a space, or else after "/", ":", "-" or "_",
 * or else where it must be.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = [...text];
  while (rest.length > width) {
    const window = rest.slice(0, width + 1).join("");
    const space = window.lastIndexOf(" ");
    const mark = Math.max(
      ...["/", ":", "-", "_"].map((each) => window.lastIndexOf(each, width - 1)),
    );
    const end = space > 0 ? space + 1 : mark > width / 2 ? mark + 1 : width;
    lines.push(rest.slice(0, end).join("").trimEnd());
    rest = rest.slice(end);
  }
  return [...lines, rest.join("")];
}

const gap = "  ";
const narrowest = 8;

function plain(text: string): Cell {
  return { text, style: "reset" };
}

function cellsOf(rows: readonly Row[]): readonly (readonly Cell[])[] {
  return rows.map((row) => row.map((cell) => (typeof cell === "string" ? plain(cell) : cell)));
}

/** The widths of the columns where there is room. */
function natural(titles: readonly string[], rows: readonly (readonly Cell[])[]): readonly number[] {
  return titles.map((title, at) =>
    Math.max(
      lengthOf(title),
      ...rows.map((row) => lengthOf((row[at]?.branch?.first ?? "") + (row[at]?.text ?? ""))),
    ),
  );
}

/** Takes from the widest column until the row fits, or nothing more can be taken. */
function fitted(natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, each) => sum + each, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    widths[widths.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}

function drawn(row: readonly Cell[], widths: readonly number[]): string {
  const columns = row.map((cell, at) => linesOf(cell, widths[at] ?? 0));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = row.map(({ style, branch }, at) => {
      const text = columns[at]?.[line] ?? branch?.further ?? "";
      const padded = at === row.length - 1 ? text : text.padEnd(widths[at] ?? 0);
      return style === "reset" || padded.trim() === "" ? padded : coloured(style, padded);
    });
    return `${parts.join(gap).trimEnd()}\n`;
  }).join("");
}

function linesOf({ text, branch }: Cell, width: number): string[] {
  if (branch === undefined) return wrapped(text, width);
  const room = Math.max(width - lengthOf(branch.first), narrowest);
  return wrapped(text, room).map(
    (line, at) => `${at === 0 ? branch.first : branch.further}${line}`,
  );
}

function lengthOf(text: string): number {
  return [...text].length;
}
