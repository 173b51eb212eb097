/**
 * The main thread's side of the writer thread. While one group is being committed the next one
 * gathers, so the event loop never waits for a disk and a busy vault shares its fsyncs.
 */
import { OrderedThread, reasonOf } from "../../ordered-thread.ts";
import { Conflict, Unavailable } from "../storage.ts";
import type { Outcome, WrittenChange } from "./changes.ts";

interface Waiting {
  readonly changes: readonly WrittenChange[];
  resolve(counter: number): void;
  reject(error: Error): void;
}

type Thread = OrderedThread<readonly (readonly WrittenChange[])[], readonly Outcome[]>;

export class SqliteWriter {
  readonly #thread: Thread;
  #gathering: Waiting[] = [];
  /** Ends when nothing gathers and nothing is being committed any more. */
  #work: Promise<void> | undefined;
  #isClosed = false;

  private constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** Starts the thread, which opens and migrates the database; Unavailable if it can't. */
  static async start(path: string): Promise<SqliteWriter> {
    try {
      const thread: Thread = await OrderedThread.start(
        new URL("./writer-thread", import.meta.url),
        { path },
      );
      return new SqliteWriter(thread);
    } catch (cause) {
      throw new Unavailable(reasonOf(cause), { cause });
    }
  }

  /** Resolves with the change counter when the changes are durable. */
  commit(changes: readonly WrittenChange[]): Promise<number> {
    if (this.#isClosed) return Promise.reject(new Unavailable("The database is closed"));
    return new Promise((resolve, reject) => {
      this.#gathering.push({ changes, resolve, reject });
      this.#work ??= this.#commitAll();
    });
  }

  /** Commits what waits, then closes the database. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
    await this.#thread.close();
  }

  async #commitAll(): Promise<void> {
    // All that arrives in this turn of the event loop travels together.
    await new Promise(setImmediate);
    while (this.#gathering.length > 0) {
      const group = this.#gathering;
      this.#gathering = [];
      await this.#commitGroup(group);
    }
    this.#work = undefined;
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#thread.ask(group.map((waiting) => waiting.changes));
      group.forEach((waiting, position) => {
        settle(waiting, outcomes[position] as Outcome);
      });
    } catch (cause) {
      const reason = new Unavailable("The database's writer is gone", { cause });
      for (const waiting of group) waiting.reject(reason);
    }
  }
}

function settle(waiting: Waiting, outcome: Outcome): void {
  if (typeof outcome === "number") waiting.resolve(outcome);
  else if (outcome.type === "conflict") waiting.reject(new Conflict(outcome.reason));
  else waiting.reject(new Unavailable(outcome.reason));
}
