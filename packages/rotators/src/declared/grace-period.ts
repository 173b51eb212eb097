/** How long the old key is to live: metadata `gracePeriod`, "90s", "30m", "24h" or "7d". */
import { RotationFailure } from "../rotator.ts";

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export function graceSecondsOf(gracePeriod = "24h"): number {
  const [, count, unit = ""] = gracePeriod.match(/^(\d{1,9})([smhd])$/) ?? [];
  if (count !== undefined) return Number(count) * (unitSeconds[unit] ?? 0);
  throw new RotationFailure('The metadata "gracePeriod" is no time such as 30m, 24h or 7d.');
}
