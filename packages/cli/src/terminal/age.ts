/** How long ago something was, in its largest unit. */

const units = [
  ["y", 365 * 86_400_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
] as const;

/** `3y`, `12d`, `5h`, `7m`, or `now` within the minute. */
export function age(date: Date, now = Date.now()): string {
  const milliseconds = now - date.getTime();
  for (const [unit, length] of units) {
    if (milliseconds >= length) return `${Math.floor(milliseconds / length)}${unit}`;
  }
  return "now";
}

/** When something will be: `in 42m (2026-11-22 09:30 UTC)`. */
export function inWords(date: Date, now = Date.now()): string {
  const at = `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const ahead = 2 * now - date.getTime();
  return date.getTime() <= now ? `expired (${at})` : `in ${age(new Date(ahead), now)} (${at})`;
}
