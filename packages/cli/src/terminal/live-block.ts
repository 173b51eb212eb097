/** Lines that are drawn anew in place; only on a terminal. */
import { stripVTControlCharacters } from "node:util";

export class LiveBlock {
  readonly #stream: NodeJS.WriteStream;
  /** How many rows of the terminal it takes now. */
  #rows = 0;

  /** Progress is no output: it goes to standard error, unless there is nothing else to print. */
  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** Replaces what it showed before. What a terminal has no room for is left out, with a word. */
  draw(lines: readonly string[]): void {
    const { isTTY, rows, columns } = this.#stream;
    if (!isTTY) return;
    const width = columns || 80;
    const shown = fitted(lines, (rows || 24) - 1, width);
    const text = shown.map((line) => `${line}\n`).join("");
    this.#stream.write(`${this.#start()}\x1b[J${text}`);
    this.#rows = rowsOf(shown, width);
  }

  /** What it shows stays, and what comes next stands below. */
  leave(): void {
    this.#rows = 0;
  }

  #start(): string {
    return this.#rows === 0 ? "\r" : `\x1b[${this.#rows}A\r`;
  }
}

function fitted(lines: readonly string[], room: number, width: number): readonly string[] {
  if (rowsOf(lines, width) <= room) return lines;
  let count = 0;
  while (rowsOf(lines.slice(0, count + 1), width) < room) count += 1;
  return [...lines.slice(0, count), `… ${lines.length - count} more lines`];
}

/** A line that is longer than the terminal is wide takes several. */
function rowsOf(lines: readonly string[], width: number): number {
  return lines.reduce((sum, line) => {
    const length = [...stripVTControlCharacters(line)].length;
    return sum + Math.max(1, Math.ceil(length / width));
  }, 0);
}
