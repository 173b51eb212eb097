/**
 * A circuit breaker: after five failures in a row a service is left alone for a while, then one
 * call at a time tries whether it is back. So an outage costs the service a trickle, not a storm.
 */
import { BackOff, type Random } from "./back-off.ts";

const failuresMax = 5;
const pauses = { baseMilliseconds: 1000, capMilliseconds: 30_000 };

export class Breaker {
  readonly #pause: BackOff;
  #failures = 0;
  #closedFrom = Number.NEGATIVE_INFINITY;
  #isProbing = false;
  #cause: unknown;

  constructor(random: Random) {
    this.#pause = new BackOff(pauses, random);
  }

  /** Whether a call may go out now. Who is let through must report what became of it. */
  admits(now: number): boolean {
    if (this.#failures < failuresMax) return now >= this.#closedFrom;
    if (this.#isProbing || now < this.#closedFrom) return false;
    this.#isProbing = true;
    return true;
  }

  /** The failure that it answers for while it lets nobody through. */
  get cause(): unknown {
    return this.#cause;
  }

  /** The service answered, be it with a refusal. */
  succeeded(): void {
    this.#failures = 0;
    this.#isProbing = false;
    this.#closedFrom = Number.NEGATIVE_INFINITY;
    this.#cause = undefined;
    this.#pause.reset();
  }

  /** `waitMilliseconds`: what the service asked for. */
  failed(now: number, cause: unknown, waitMilliseconds = 0): void {
    // Calls that were under way when it opened tell of the same failure, not of one more.
    const isKnown = this.#failures >= failuresMax && now < this.#closedFrom;
    this.#failures++;
    this.#isProbing = false;
    this.#cause = cause;
    const pause = this.#failures >= failuresMax && !isKnown ? this.#pause.next() : 0;
    const until = now + Math.max(pause, waitMilliseconds);
    this.#closedFrom = Math.max(this.#closedFrom, until);
  }

  /** The caller went away before anybody knew. */
  abandoned(): void {
    this.#isProbing = false;
  }
}
