/**
 * A request, or a run of a scheduled job, as the storage of a vault with many nodes sees it: what
 * it was answered from memory, and what must still hold when it writes. It follows the work by
 * itself, so that no layer between hands it on. The embedded database has one process and needs none.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Require, Row } from "./storage.ts";

const following = new AsyncLocalStorage<Work>();

/** Rows that another node has written since they were kept in memory. */
const outdated = new WeakSet<Row<unknown>>();

/** For the cache, when it drops a row because another node wrote it. */
export function markOutdated(row: Row<unknown>): void {
  outdated.add(row);
}

export class Work {
  /** What every commit of this work requires beside its own expectations: a job's lease. */
  readonly requires: readonly Require[];
  readonly #fromMemory: Row<unknown>[] = [];
  #isConfirmed = false;

  constructor(requires: readonly Require[] = []) {
    this.requires = requires;
  }

  static get current(): Work | undefined {
    return following.getStore();
  }

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    return following.run(this, task);
  }

  /** For the cache: the row was given out without asking the database. */
  note(row: Row<unknown>): void {
    if (!this.#isConfirmed) this.#fromMemory.push(row);
  }

  /** Whether something that it was answered from memory was outdated, as far as this node knows. */
  get isOutdated(): boolean {
    return !this.#isConfirmed && this.#fromMemory.some((row) => outdated.has(row));
  }

  /**
   * This node has caught up since the work began and nothing was outdated: whatever others had
   * acknowledged before it began is in what it read, so it needs no further check.
   */
  confirm(): void {
    this.#isConfirmed = true;
    this.#fromMemory.length = 0;
  }
}
