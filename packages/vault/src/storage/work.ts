/**
 * A request, or a run of a scheduled job, as the storage of a vault with many nodes sees it: what
 * it was answered from memory, and what must still hold when it writes. It follows the work by
 * itself, so that no layer between hands it on. The embedded database has one process and needs none.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Conflict, type Require, Stale, type TableName } from "./storage.ts";
import { rowId, type Tidings } from "./tidings.ts";

const following = new AsyncLocalStorage<Work | undefined>();

export class Work {
  /** What every commit of this work requires beside its own expectations: a job's lease. */
  readonly requires: readonly Require[];
  /** Rows that were given out without asking the database. */
  readonly #fromMemory: string[] = [];
  /** What had been heard before it was answered at all. */
  #since: Tidings | undefined;
  #state: "open" | "confirmed" | "abandoned" = "open";
  readonly #underWay = new Set<Promise<number>>();
  #mayHaveWritten = false;

  constructor(requires: readonly Require[] = []) {
    this.requires = requires;
  }

  static get current(): Work | undefined {
    return following.getStore();
  }

  /**
   * For whoever meets what only a newer write of another node could explain: throws Stale where
   * the current work may still begin again, which it does once this node has caught up.
   */
  static doubt(): void {
    const work = Work.current;
    if (work !== undefined && work.#state === "open") throw new Stale("Another node knows more");
  }

  /** For what a request sets going and doesn't wait for, or shares with others: it is its own. */
  static outside<Result>(task: () => Result): Result {
    return following.run(undefined, task);
  }

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    return following.run(this, task);
  }

  /** For the cache: the row was given out from memory, where these are the newest tidings. */
  note(table: TableName, key: string, newest: Tidings): void {
    if (this.#state !== "open") return;
    this.begin(newest);
    this.#fromMemory.push(rowId(table, key));
  }

  /** For the cache, before the first answer of any kind: these are the newest tidings. */
  begin(newest: Tidings): void {
    if (this.#state === "open") this.#since ??= newest;
  }

  /**
   * Whether something that it was answered from memory was outdated, as far as this node knows, or
   * anything at all, where a connection was lost: the server that answered may not be it any more.
   */
  get isOutdated(): boolean {
    if (this.#state !== "open") return this.#state === "abandoned";
    return this.#since?.haveSince(this.#fromMemory) ?? false;
  }

  /**
   * This node has caught up since the work began and nothing was outdated: whatever others had
   * acknowledged before it began is in what it read, so it needs no further check.
   */
  confirm(): void {
    this.#end("confirmed");
  }

  /** The work is done anew by another: whatever of it is still on its way writes nothing more. */
  abandon(): void {
    this.#end("abandoned");
  }

  /** For the cache: `commit` with what this work requires of it. One that held confirms the work. */
  async commit(commit: (isOutdated: () => boolean) => Promise<number>): Promise<number> {
    const committing = commit(() => this.isOutdated);
    this.#underWay.add(committing);
    try {
      const counter = await committing;
      this.#mayHaveWritten = true;
      if (this.#state === "open") this.confirm();
      return counter;
    } catch (error) {
      // After any other error nobody knows whether it held.
      if (!(error instanceof Conflict || error instanceof Stale)) this.#mayHaveWritten = true;
      throw error;
    } finally {
      this.#underWay.delete(committing);
    }
  }

  /** Whether nothing of it was written, so that it may be done anew. Waits for what is under way. */
  async isWithoutTrace(): Promise<boolean> {
    await Promise.allSettled(this.#underWay);
    return !this.#mayHaveWritten;
  }

  #end(state: "confirmed" | "abandoned"): void {
    this.#state = state;
    this.#since = undefined;
    this.#fromMemory.length = 0;
  }
}
