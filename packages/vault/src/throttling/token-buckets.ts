/**
 * Token buckets of one rate, by key. A bucket holds a burst of tokens, fills evenly and is full
 * where nobody has asked for long; only a bounded number of buckets is remembered.
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
  readonly #full: number;
  readonly #buckets: BoundedCache<Bucket>;

  /** A second's worth is the burst unless another one is given. */
  constructor(tokensPerSecond: number, keysMax: number, burst = tokensPerSecond) {
    this.#rate = tokensPerSecond;
    this.#full = burst * token;
    this.#buckets = new BoundedCache(keysMax);
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** The bucket of `key` as it is at `now`, in whole milliseconds. */
  at(key: string, now: number): Bucket {
    const known = this.known(key, now);
    if (known !== undefined) return known;
    const bucket = { thousandths: this.#full, filledAt: now };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** The same, where somebody has taken of it and it is remembered; else it is full. */
  known(key: string, now: number): Bucket | undefined {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return undefined;
    // A clock that was set back neither drains a bucket nor keeps it empty until it catches up.
    const elapsed = Math.max(0, now - bucket.filledAt);
    bucket.thousandths = Math.min(this.#full, bucket.thousandths + elapsed * this.#rate);
    bucket.filledAt = now;
    return bucket;
  }

  isFull(key: string, now: number): boolean {
    return (this.known(key, now)?.thousandths ?? this.#full) === this.#full;
  }
}
