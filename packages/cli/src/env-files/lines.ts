/** Lines of a text, ended by LF, CR LF or CR. */

/** Offset → line, counted from 1. */
export function linesOf(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map((end) => end.index + end[0].length)];
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

/** Where the line that holds the offset ends, before its line end. */
export function lineEnd(text: string, offset: number): number {
  const end = /\r|\n|$/g;
  end.lastIndex = offset;
  return end.exec(text)?.index ?? text.length;
}

/** Where the next line begins after the end of one. */
export function afterLineEnd(text: string, end: number): number {
  return text.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, text.length);
}
