/**
 * Work that comes round by itself: never twice at once, on one of a vault's nodes at a time, and
 * never in the way of closing.
 */
import type { Lease } from "./leases/lease.ts";

export interface Job {
  /** From the end of one run to the start of the next. */
  readonly everyMilliseconds: number;
  run(): Promise<unknown>;
}

const retryMilliseconds = 60_000;

export class Schedule {
  readonly #jobs: readonly Job[];
  readonly #onFault: (fault: unknown) => void;
  readonly #lease: Lease;
  readonly #timers = new Map<Job, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  /**
   * Runs each job as soon as the lease is held and then in its turn. A run that fails is told and
   * tried again.
   */
  constructor(jobs: readonly Job[], onFault: (fault: unknown) => void, lease: Lease) {
    this.#jobs = jobs;
    this.#onFault = onFault;
    this.#lease = lease;
    for (const job of this.#jobs) this.#start(job);
  }

  /** Begins nothing more and waits for what runs. The lease is its owner's to close, after this. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #start(job: Job): void {
    const run = this.#run(job);
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  async #run(job: Job): Promise<void> {
    const { signal } = this.#closing;
    let isDone = false;
    try {
      await this.#lease.run(async () => {
        await job.run();
        isDone = true;
      }, signal);
    } catch (fault) {
      if (!signal.aborted) this.#onFault(fault);
    }
    if (signal.aborted) return;
    // What failed, or was lost to another node with the lease, must not wait for a long turn.
    const every = job.everyMilliseconds;
    const pause = isDone ? every : Math.min(every, retryMilliseconds);
    this.#timers.set(job, setTimeout(() => this.#start(job), pause).unref());
  }
}
