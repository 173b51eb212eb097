/**
 * A lease kept in the database that all nodes share: looked after by itself, taken over soon after
 * its holder has died, and at once after it was closed.
 */
import { Conflict, type SharedStorage } from "../storage/storage.ts";
import { Work } from "../storage/work.ts";
import type { Lease } from "./lease.ts";
import { Tenancy } from "./tenancy.ts";

export interface StoredLeaseOptions {
  /** What the nodes share itself, not a cache of it. */
  readonly storage: SharedStorage;
  readonly name: string;
  /** How long after a holder's death another may take over. */
  readonly lengthMilliseconds: number;
  /** Whether this node can do the work: one that can't leaves the lease to others. */
  isAble(): boolean;
  /** Told where the lease can't be looked after; it is tried again. */
  onFault(fault: unknown): void;
}

/** A holder may miss one renewal and still holds it. */
const looksPerLength = 3;

export class StoredLease implements Lease {
  readonly #options: StoredLeaseOptions;
  readonly #tenancy: Tenancy;
  readonly #waiting = new Set<() => void>();
  readonly #unwatch: () => void;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: StoredLeaseOptions) {
    this.#options = options;
    this.#tenancy = new Tenancy({ ...options, now: () => performance.now() });
    // It may have been let go. What the holder writes itself tells it nothing.
    this.#unwatch = options.storage.watch({ name: "leases" }, () => {
      if (!this.isHeld) void this.#look();
    });
    void this.#look();
  }

  get isHeld(): boolean {
    return !this.#isClosed && this.#tenancy.isHeld;
  }

  async run<Result>(task: () => Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
    let required = this.#requirement;
    for (; required === undefined; required = this.#requirement) {
      if (signal.aborted || this.#isClosed) return undefined;
      await this.#nextLook(signal);
    }
    const work = new Work([required]);
    try {
      // From here on this node knows what was true when the task began, so it runs as confirmed.
      await this.#options.storage.catchUp();
      work.confirm();
      return await work.run(task);
    } catch (error) {
      if (error instanceof Conflict) await this.#tenancy.look();
      if (this.#requirement?.expect === required.expect) throw error;
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unwatch();
    clearTimeout(this.#timer);
    this.#wake();
    await this.#looking;
    // Where it can't be written, the others see before long that nobody renews it.
    await this.#tenancy.letGo().catch(() => {});
  }

  get #requirement() {
    return this.#isClosed ? undefined : this.#tenancy.requirement;
  }

  /** One look at a time. */
  #look(): Promise<void> {
    this.#looking ??= Work.outside(() => this.#lookOnce()).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      if (this.#options.isAble()) await this.#tenancy.look();
      else await this.#tenancy.letGo();
    } catch (fault) {
      if (!this.#isClosed) this.#options.onFault(fault);
    }
    if (this.#isClosed) return;
    this.#wake();
    const pause = this.#options.lengthMilliseconds / looksPerLength;
    this.#timer = setTimeout(() => void this.#look(), pause).unref();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  async #nextLook(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake);
    await promise;
    this.#waiting.delete(wake);
    signal.removeEventListener("abort", wake);
  }
}
