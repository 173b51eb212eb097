/**
 * Decorrelated jitter: each wait is drawn between the base and three times the wait before it, so
 * that those who failed together do not come back together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export interface BackOffLimits {
  readonly baseMilliseconds: number;
  readonly capMilliseconds: number;
}

/** 0 to 1, as Math.random. */
export type Random = () => number;

export class BackOff {
  readonly #limits: BackOffLimits;
  readonly #random: Random;
  #last: number;

  constructor(limits: BackOffLimits, random: Random) {
    this.#limits = limits;
    this.#random = random;
    this.#last = limits.baseMilliseconds;
  }

  /** How long to wait now, in milliseconds; longer on average each time. */
  next(): number {
    const { baseMilliseconds, capMilliseconds } = this.#limits;
    const drawn = baseMilliseconds + this.#random() * (this.#last * 3 - baseMilliseconds);
    this.#last = Math.min(capMilliseconds, drawn);
    return this.#last;
  }

  reset(): void {
    this.#last = this.#limits.baseMilliseconds;
  }
}
