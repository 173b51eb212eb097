/** What changes between two texts, line by line: `-` goes, `+` comes. */
import { coloured } from "./colour.ts";

/** Every line of both, with its mark; coloured only where `stream` is a terminal. */
export function diff(before: string, after: string, stream: NodeJS.WriteStream): string {
  return marked(linesOf(before), linesOf(after))
    .map(([mark, line]) => {
      const text = `${mark} ${line}`.trimEnd();
      if (mark === " ") return text;
      return coloured(mark === "-" ? "red" : "green", text, stream);
    })
    .join("\n");
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}

type Marked = readonly ["-" | "+" | " ", string];

/** By the longest common subsequence; policies are small enough for its table. */
function marked(before: readonly string[], after: readonly string[]): Marked[] {
  const common = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = common[i] ?? [];
      row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Marked[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push([" ", before[i] ?? ""]);
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(["-", before[i] ?? ""]);
      i += 1;
    } else {
      lines.push(["+", after[j] ?? ""]);
      j += 1;
    }
  }
  return lines;
}
