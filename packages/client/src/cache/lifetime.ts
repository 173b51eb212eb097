/** How long a value is good, and from when on somebody should look for a newer one. */
import type { Random } from "../calls/back-off.ts";

export interface Limits {
  readonly ttlMilliseconds: number;
  /** How long after its TTL a value may be served while the store can't be asked. */
  readonly maxStaleMilliseconds: number;
}

/** Moments of the clock, in this order. */
export interface Lifetime {
  /** From here on a hit has it fetched anew in the background. */
  readonly refreshAt: number;
  /** From here on it is not served without asking. */
  readonly freshUntil: number;
  /** From here on it is not served at all. */
  readonly staleUntil: number;
}

/** So that processes which started together do not ask together ever after. */
const jitter = 0.1;
const refreshAheadAt = 0.8;

/**
 * A value is never fresh for longer than the TTL, and up to a tenth shorter; how long it may be served
 * at all is not shortened by that.
 */
export function lifetimeFrom(askedAt: number, limits: Limits, random: Random): Lifetime {
  const { ttlMilliseconds, maxStaleMilliseconds } = limits;
  const ttl = ttlMilliseconds * (1 - jitter * random());
  return {
    refreshAt: askedAt + ttl * refreshAheadAt,
    freshUntil: askedAt + ttl,
    staleUntil: askedAt + ttlMilliseconds + maxStaleMilliseconds,
  };
}

/** What expires is renewed in the last tenth of its life at the latest, and not served after it. */
export function limitsOf(expiresInMilliseconds: number): Limits {
  const life = Math.max(0, expiresInMilliseconds);
  return { ttlMilliseconds: life * 0.9, maxStaleMilliseconds: life * 0.1 };
}
