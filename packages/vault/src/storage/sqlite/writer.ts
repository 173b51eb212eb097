/** The main thread's side of the writer thread: hands it group after group. */
import { hintOf, type OnTrouble, OrderedThread, reasonOf } from "../../ordered-thread.ts";
import type { WrittenChange } from "../sql/changes.ts";
import { Gathering } from "../sql/gathering.ts";
import type { ChangeList, Outcome } from "../sql/group.ts";
import { Unavailable } from "../storage.ts";
import { type PackedLists, packLists } from "./packed-lists.ts";

type Thread = OrderedThread<PackedLists, readonly Outcome[]>;

export class SqliteWriter {
  readonly #thread: Thread;
  readonly #gathering: Gathering;

  private constructor(thread: Thread) {
    this.#thread = thread;
    this.#gathering = new Gathering((lists) => this.#commitGroup(lists));
  }

  /** Starts the thread, which opens and migrates the database; Unavailable if it can't. */
  static async start(path: string, onTrouble: OnTrouble): Promise<SqliteWriter> {
    try {
      const thread: Thread = await OrderedThread.start(
        new URL("./writer-thread", import.meta.url),
        { path },
        onTrouble,
      );
      return new SqliteWriter(thread);
    } catch (cause) {
      throw new Unavailable(reasonOf(cause), { cause, hint: hintOf(cause) });
    }
  }

  /** Resolves with the change counter when the changes are durable. */
  commit(changes: readonly WrittenChange[]): Promise<number> {
    return this.#gathering.commit({ changes });
  }

  /** Commits what waits, then closes the database. */
  async close(): Promise<void> {
    await this.#gathering.close();
    await this.#thread.close();
  }

  async #commitGroup(lists: readonly ChangeList[]): Promise<readonly Outcome[]> {
    try {
      return await this.#thread.ask(packLists(lists));
    } catch (cause) {
      throw new Unavailable("The database's writer is gone", { cause });
    }
  }
}
