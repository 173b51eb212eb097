/**
 * Keeps the trail in an SQLite file of its own, whose writes all go to a thread: hashing, packing
 * and the disk cost the event loop nothing.
 */
import { DatabaseSync } from "node:sqlite";
import { hintOf, type OnTrouble, OrderedThread, reasonOf } from "../../ordered-thread.ts";
import { makePrivateFile, makePrivateFolder } from "../../private-file.ts";
import { Unavailable } from "../../unavailable.ts";
import { type Chain, embedded } from "../chain.ts";
import { auditDatabasePath } from "../data-folder.ts";
import type { GatheredGroup } from "../group.ts";
import { knownChains } from "../sql/statements.ts";
import type { AuditStore, Write } from "../store.ts";
import type { Answer, Question } from "./audit-thread.ts";
import { SqliteQueries } from "./sqlite-queries.ts";

type Thread = OrderedThread<Question, Answer>;

/** Opens, and makes where missing, the trail of a data folder; Unavailable if it can't. */
export async function openSqliteAuditStore(directory: string): Promise<AuditStore> {
  makePrivateFolder(directory);
  const path = makePrivateFile(auditDatabasePath(directory));
  let trouble: string | undefined;
  const thread = await startThread(path, (reason) => {
    trouble = reason;
  });
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec("PRAGMA busy_timeout = 5000");
  return new SqliteAuditStore(thread, reader, () => trouble);
}

async function startThread(path: string, onTrouble: OnTrouble): Promise<Thread> {
  try {
    return await OrderedThread.start(
      new URL("./audit-thread", import.meta.url),
      { path },
      onTrouble,
    );
  } catch (cause) {
    throw new Unavailable(reasonOf(cause), { cause, hint: hintOf(cause) });
  }
}

class SqliteAuditStore implements AuditStore {
  readonly own = embedded;
  readonly queries: SqliteQueries;
  readonly #trouble: () => string | undefined;
  readonly #thread: Thread;
  readonly #reader: DatabaseSync;

  constructor(thread: Thread, reader: DatabaseSync, trouble: () => string | undefined) {
    this.#trouble = trouble;
    this.#thread = thread;
    this.#reader = reader;
    this.queries = new SqliteQueries(reader);
  }

  get trouble(): string | undefined {
    return this.#trouble();
  }

  async commit(group: GatheredGroup): Promise<undefined> {
    await this.#ask({ type: "commit", group });
  }

  write(writes: readonly Write[]): Promise<void> {
    return this.#ask({ type: "write", writes });
  }

  /** Those of the nodes that wrote this trail while it lay in PostgreSQL. */
  async orphans(): Promise<readonly Chain[]> {
    const chains = await this.queries.all<{ chain: Chain }>(knownChains);
    return chains.map(({ chain }) => chain).filter((chain) => chain !== embedded);
  }

  probe(): Promise<void> {
    return this.#ask({ type: "probe" });
  }

  async close(): Promise<void> {
    // The last to close brings what lies in the WAL into the file, which the reader may not.
    this.#reader.close();
    await this.#thread.close();
  }

  async #ask(question: Question): Promise<void> {
    const failure = await this.#thread.ask(question);
    if (failure !== undefined) throw new Error(failure);
  }
}
