/** Lengths of time as they are typed: `30s`, `15m`, `24h`, `7d`. */
import { CommandFailure, exitCodes } from "../failure.ts";

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** In milliseconds. */
export function readDuration(typed: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(typed) ?? [];
  if (count !== undefined) return Number(count) * units[unit as keyof typeof units];
  const hint = "give a number and s, m, h or d: 30s, 15m, 24h, 7d";
  throw new CommandFailure(`'${typed}' is not a length of time`, hint, exitCodes.wrongWords);
}
