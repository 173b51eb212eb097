/** Comments that begin with `#`: what stands above an entry, and entries that were commented out. */
import type { Found, Remark } from "./syntax.ts";

/** Line → the comment right above it, without its marks. */
export function lineComments(text: string): (line: number) => string | undefined {
  const lines = text.split(/\r\n?|\n/);
  return (line) => {
    let first = line - 1;
    while (first > 0 && isComment(lines[first - 1])) first--;
    const above = lines
      .slice(first, line - 1)
      .map((each) => each.replace(/^\s*#+\s?/, "").trimEnd());
    return above.length === 0 ? undefined : above.join("\n");
  };
}

/**
 * Keys that still stand in comments, as old ones do. They are no entries, so nothing replaces them:
 * somebody has to look. Lines inside of a value don't count.
 */
export function commentedOut(text: string, found: readonly Found[]): Remark[] {
  const lines = text.matchAll(
    /^[^\S\r\n]*#+[^\S\r\n]*(?:export[^\S\r\n]+)?([A-Za-z_]\w*)[^\S\r\n]*[=:][^\S\r\n]*[^\s#]/gm,
  );
  return [...lines].flatMap(({ index, 0: line, 1: key = "" }) => {
    const isAssigned = line.includes("=") || /^[A-Z][A-Z0-9_]*$/.test(key);
    const isInside = found.some(({ start, end }) => start <= index && index < end);
    return isAssigned && !isInside
      ? [{ at: index, says: `${key} is commented out here, with a value that stays` }]
      : [];
  });
}

function isComment(line: string | undefined): boolean {
  return line !== undefined && /^\s*#(?!!)/.test(line);
}
