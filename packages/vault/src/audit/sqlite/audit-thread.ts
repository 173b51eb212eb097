/**
 * The only thread that writes the audit database. A group of events, its place in the chain and
 * nothing else is one transaction, so a killed process leaves whole groups and a whole chain.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { reasonOf, serveThread } from "../../ordered-thread.ts";
import { embedded, genesisOf, type Head } from "../chain.ts";
import { chained, type GatheredGroup } from "../group.ts";
import { checkpointOf, lastGroup } from "../sql/statements.ts";
import type { Write } from "../store.ts";
import { prepareSchema } from "./schema.ts";
import { SqliteQueries } from "./sqlite-queries.ts";
import { writeGroup } from "./write-group.ts";

export type Question =
  | { readonly type: "commit"; readonly group: GatheredGroup }
  | { readonly type: "write"; readonly writes: readonly Write[] }
  /** Can a group be written? */
  | { readonly type: "probe" };

/** Why it could not be done; undefined where it was. */
export type Answer = string | undefined;

const probeBytes = 64 * 1024;

class AuditWriter {
  readonly #database: DatabaseSync;
  readonly #queries: SqliteQueries;
  #head: Head;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA busy_timeout = 5000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -4096;
      PRAGMA journal_size_limit = 67108864;
    `);
    prepareSchema(this.#database);
    this.#queries = new SqliteQueries(this.#database);
    this.#head = this.#lastHead();
  }

  answer(question: Question): Answer {
    try {
      this.#do(question);
      return undefined;
    } catch (error) {
      this.#undo();
      return reasonOf(error);
    }
  }

  close(): void {
    this.#database.close();
  }

  #undo(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // The transaction had not begun, or SQLite has undone it itself.
    }
  }

  #do(question: Question): void {
    if (question.type === "commit") this.#commit(question.group);
    else if (question.type === "write") this.#write(question.writes);
    else this.#probe();
  }

  #commit(gathered: GatheredGroup): void {
    const { group, head } = chained(embedded, this.#head, gathered);
    this.#database.exec("BEGIN IMMEDIATE");
    writeGroup(this.#queries, group);
    this.#database.exec("COMMIT");
    this.#head = head;
  }

  #write(writes: readonly Write[]): void {
    this.#database.exec("BEGIN IMMEDIATE");
    for (const { statement, values } of writes) {
      this.#queries.run(statement, ...(values as SQLInputValue[]));
    }
    this.#database.exec("COMMIT");
  }

  /** Writes as much as a large group, so that a disk with a last free page doesn't count as well. */
  #probe(): void {
    this.#database
      .prepare(`INSERT OR REPLACE INTO "probe" VALUES (1, zeroblob(?))`)
      .run(probeBytes);
  }

  #lastHead(): Head {
    return (
      this.#queries.get<Head>(lastGroup, embedded) ??
      this.#queries.get<Head>(checkpointOf, embedded) ??
      genesisOf(embedded)
    );
  }
}

serveThread(({ path }: { path: string }) => new AuditWriter(path));
