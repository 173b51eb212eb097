/** One read that waits for its answer, alone or among others, until its own signal ends it. */
import type { Patience } from "../calls/calls.ts";

export class PendingRead<Read> {
  readonly id: string;
  readonly patience: Patience;
  readonly promise: Promise<Read>;
  readonly succeed: (read: Read) => void;
  readonly fail: (error: unknown) => void;

  constructor(id: string, patience: Patience) {
    this.id = id;
    this.patience = patience;
    const { promise, resolve, reject } = Promise.withResolvers<Read>();
    this.promise = promise;
    this.succeed = resolve;
    this.fail = reject;
    const { signal } = patience;
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  }

  get isWanted(): boolean {
    return !this.patience.signal.aborted;
  }

  settle(answer: Promise<Read>): void {
    answer.then(this.succeed, this.fail);
  }
}
