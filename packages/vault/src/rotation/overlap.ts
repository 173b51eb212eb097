/**
 * The time in which two keys live: the old one dies when its grace is over and nobody who reads
 * the secret has it any more. Pure, as `steps.ts`.
 */
import { type Laggard, laggardsMax, type RotationRun, told } from "./run.ts";
import { ended } from "./steps.ts";

const minute = 60_000;
const day = 86_400_000;

/**
 * While nothing can happen yet, who lags behind is only for people: the longer it lasts the more
 * seldom it is looked at, or a vault of many secrets would do little else.
 */
const earlyLookMilliseconds = { min: 5 * minute, max: 60 * minute } as const;
const earlyLooks = 8;
const lookMilliseconds = minute;

/** By then whatever was being read when the labels moved is in the trail, or was never given out. */
const settledMilliseconds = 2000;

export interface Laggards {
  readonly laggards: readonly Laggard[];
  readonly count: number;
}

/** After a look at who reads what. */
export function looked(
  run: RotationRun,
  { laggards, count }: Laggards,
  current: string | undefined,
  now: number,
): RotationRun {
  const seen = { ...run, laggards: laggards.slice(0, laggardsMax), laggardCount: count };
  if (current !== undefined && current === run.oldVersionId) return turnedRound(seen, now);
  const { graceUntil = now, finishedAt = now } = run;
  const untilThen = Math.max(graceUntil, finishedAt + settledMilliseconds);
  if (now < untilThen) {
    const { min, max } = earlyLookMilliseconds;
    const pause = Math.min(max, Math.max(min, (now - finishedAt) / earlyLooks));
    return { ...seen, nextAttemptAt: Math.min(Math.round(now + pause), untilThen) };
  }
  if (count === 0 || run.isOldKeyEnding) return dying(seen, now);
  const waiting = { ...seen, nextAttemptAt: now + lookMilliseconds };
  const { waitingToldAt = Number.NEGATIVE_INFINITY } = run;
  if (now - waitingToldAt < day) return waiting;
  const readers = count === 1 ? "1 reader still has" : `${count} readers still have`;
  return told({ ...waiting, waitingToldAt: now }, "RotationWaiting", now, `${readers} the old key`);
}

/** The old key's end, whoever has it. */
export function dying(run: RotationRun, now: number): RotationRun {
  return { ...run, phase: "revokeOld", nextAttemptAt: now };
}

/**
 * The version before is current again: then it is the new key that has to go, after its readers
 * have. Where the provider ends the old one by itself nothing can be held up.
 */
export function turnedRound(run: RotationRun, now: number): RotationRun {
  const { token, oldVersionId, capabilities } = run;
  if (oldVersionId === undefined || !capabilities.revokes || run.isOldKeyEnding) {
    return ended(run, "cancelled", now);
  }
  return {
    ...run,
    token: oldVersionId,
    oldVersionId: token,
    isTurnedRound: true,
    finishedAt: now,
    graceUntil: now + capabilities.graceMilliseconds,
    laggards: undefined,
    laggardCount: undefined,
    waitingToldAt: undefined,
    nextAttemptAt: now + lookMilliseconds,
  };
}
