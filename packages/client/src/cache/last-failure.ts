/**
 * What the last fetch failed with, for as long as that stands: a refusal for a second, an outage for
 * longer each time. Until then nobody is asked again.
 */
import { BackOff, type Random } from "../calls/back-off.ts";
import type { SecretsError } from "../errors.ts";

/** So often a missing or forbidden name may be asked for again. */
const refusedMilliseconds = 1000;
/** How long a whole service is left alone is for its breaker to say; this is about one value. */
const outageWaits = { baseMilliseconds: 1000, capMilliseconds: 10_000 };

/** Where there is any traffic, somebody has asked again by then. */
const recentMilliseconds = 1000;

export class LastFailure {
  readonly #wait: BackOff;
  #error: SecretsError | undefined;
  /** A moment of the clock. */
  #retryAt = Number.NEGATIVE_INFINITY;

  constructor(random: Random) {
    this.#wait = new BackOff(outageWaits, random);
  }

  /** undefined after a success. */
  get error(): SecretsError | undefined {
    return this.#error;
  }

  get retryAt(): number {
    return this.#retryAt;
  }

  /**
   * Whether it still tells something of the store. A value that is used now and then, or by a
   * function that was frozen in between, would otherwise be served stale by a store that is well.
   */
  isRecent(now: number): boolean {
    return this.#error !== undefined && now < this.#retryAt + recentMilliseconds;
  }

  note(error: SecretsError, now: number): void {
    this.#error = error;
    this.#retryAt = now + (error.code === "Unavailable" ? this.#wait.next() : refusedMilliseconds);
  }

  /** Stands in for a value that was not fetched in time; it may be asked for at once. */
  noteExpired(error: SecretsError): void {
    this.#error ??= error;
  }

  forget(): void {
    this.#error = undefined;
    this.#retryAt = Number.NEGATIVE_INFINITY;
    this.#wait.reset();
  }
}
