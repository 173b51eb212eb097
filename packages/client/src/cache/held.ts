/** A value as the cache holds it, and how the next answer compares with it. */
import type { Fetched } from "../sources/source.ts";

export interface Held<Raw> extends Fetched<Raw> {
  readonly fetchedAt: Date;
  /**
   * By the clock that never goes backwards, and when the store was asked rather than when it had
   * answered: in between the value may have changed, and a process may have been frozen.
   */
  readonly askedAt: number;
  /** Served although the store could not be asked in time. */
  readonly isStale: boolean;
}

/**
 * The next value to hold. Where it is the same as before, so is its `raw`: whoever has parsed that
 * need not do so again.
 */
export function landed<Raw>(
  fetched: Fetched<Raw>,
  before: Held<Raw> | undefined,
  askedAt: number,
): Held<Raw> {
  const raw = before === undefined || isChange(before, fetched) ? fetched.raw : before.raw;
  return { ...fetched, raw, fetchedAt: new Date(), askedAt, isStale: false };
}

/** A parameter that was deleted and made anew may have another value under the same version. */
export function isChange(before: Fetched<unknown>, next: Fetched<unknown>): boolean {
  if (before.version !== next.version) return true;
  return typeof next.raw === "string" && before.raw !== next.raw;
}

/** No replica lags longer: after that an older version is the truth, as after a restored backup. */
const lagMilliseconds = 60_000;

/** Whether an answer comes from a replica that hasn't heard yet of what is held already. */
export function isBehind(
  next: Fetched<unknown>,
  before: Held<unknown> | undefined,
  now: number,
): boolean {
  if (before?.order === undefined || next.order === undefined) return false;
  const isOlder =
    next.order.version < before.order.version && next.order.modifiedAt <= before.order.modifiedAt;
  return isOlder && now - before.askedAt < lagMilliseconds;
}
