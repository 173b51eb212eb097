/** How long ago something was, and how long it is until something will be. */

const units = [
  ["y", 365 * 86_400_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
] as const;

/** In its largest unit: `3y`, `12d`, `5h`, `7m`, or `now` within the minute. */
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

/** How long it is until then, in two units: `1d 4h`, `23h 59m`, `4m 05s`, `9s`; `0s` once it is past. */
export function timeLeft(until: Date, now = Date.now()): string {
  const seconds = Math.max(0, Math.ceil((until.getTime() - now) / 1000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${String(rest).padStart(2, "0")}s` : `${rest}s`;
}
