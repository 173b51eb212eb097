/** One line on standard error that says how far a long command is; only on a terminal. */

/** Replaces the line; nothing is left of it after `clearProgress()`. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text.slice(0, columns() - 1)}`);
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
}

function columns(): number {
  return process.stderr.columns || 80;
}
