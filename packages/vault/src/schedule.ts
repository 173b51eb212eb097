/** Work that comes round by itself: never twice at once, never in the way of closing. */

export interface Job {
  /** From the end of one run to the start of the next. */
  readonly everyMilliseconds: number;
  run(): Promise<unknown>;
}

export class Schedule {
  readonly #jobs: readonly Job[];
  readonly #onFault: (fault: unknown) => void;
  readonly #timers = new Map<Job, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;

  /** Runs each job at once and then in its turn. A run that fails is told and tried again. */
  constructor(jobs: readonly Job[], onFault: (fault: unknown) => void) {
    this.#jobs = jobs;
    this.#onFault = onFault;
    for (const job of this.#jobs) this.#start(job);
  }

  /** Begins nothing more and waits for what runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #start(job: Job): void {
    const run = this.#run(job);
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  async #run(job: Job): Promise<void> {
    try {
      await job.run();
    } catch (fault) {
      if (!this.#isClosed) this.#onFault(fault);
    }
    if (this.#isClosed) return;
    this.#timers.set(job, setTimeout(() => this.#start(job), job.everyMilliseconds).unref());
  }
}
