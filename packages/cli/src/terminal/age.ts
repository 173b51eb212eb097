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
