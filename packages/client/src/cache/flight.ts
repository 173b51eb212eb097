/**
 * One fetch that any number of callers wait for, each with a signal of its own: who leaves ends only
 * their own wait, and the fetch ends when nobody is left, unless it is also for the cache's sake.
 */

export class Flight<Result> {
  readonly promise: Promise<Result>;
  readonly #controller = new AbortController();
  #waiting = 0;
  #isKept = false;
  /** False while it waits for the flight before it. */
  hasBegun = false;
  /** Something changed after it began: its answer may be old already. */
  isOutdated = false;

  constructor(fly: (flight: Flight<Result>, signal: AbortSignal) => Promise<Result>) {
    // Begins once the constructor is done: who made it can still say what it is for.
    this.promise = Promise.resolve().then(() => fly(this, this.#controller.signal));
    // Whoever waits hears of a failure; a background refresh concerns nobody.
    this.promise.catch(() => {});
  }

  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** It shall land even if nobody waits for it. */
  keep(): void {
    this.#isKept = true;
  }

  /** Rejects with the signal's reason once that is aborted. */
  join(signal?: AbortSignal): Promise<Result> {
    this.#waiting++;
    if (signal === undefined) return this.promise;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason);
        if (--this.#waiting === 0 && !this.#isKept) this.#controller.abort();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.promise.finally(() => signal.removeEventListener("abort", leave)).then(resolve, reject);
    });
  }
}
