/**
 * Token buckets of one rate, by key. A bucket holds a second's worth of tokens, fills evenly and
 * is full where nobody has asked for long; only the buckets that were asked last are remembered.
 */
import { BoundedCache } from "../encryption/bounded-cache.ts";

export interface Bucket {
  /** Of a token, whole numbers: a rate of n a second is n thousandths a millisecond. */
  thousandths: number;
  filledAt: number;
}

const token = 1000;

export function isSpent(bucket: Bucket | undefined): boolean {
  return bucket !== undefined && bucket.thousandths < token;
}

/** Takes a token of a bucket that is not spent. */
export function takeFrom(bucket: Bucket | undefined): void {
  if (bucket !== undefined) bucket.thousandths -= token;
}

export class TokenBuckets {
  readonly #rate: number;
  readonly #buckets: BoundedCache<Bucket>;

  constructor(tokensPerSecond: number, keysMax: number) {
    this.#rate = tokensPerSecond;
    this.#buckets = new BoundedCache(keysMax);
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** The bucket of `key` as it is at `now`, in whole milliseconds. */
  at(key: string, now: number): Bucket {
    const full = this.#rate * token;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { thousandths: full, filledAt: now };
      this.#buckets.set(key, bucket);
    } else {
      // A clock that was set back neither drains a bucket nor keeps it empty until it catches up.
      const elapsed = Math.max(0, now - bucket.filledAt);
      bucket.thousandths = Math.min(full, bucket.thousandths + elapsed * this.#rate);
      bucket.filledAt = now;
    }
    return bucket;
  }
}
