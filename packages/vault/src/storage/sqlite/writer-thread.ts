/** The only thread that writes: it commits a group in one transaction, so that it shares an fsync. */
import { DatabaseSync } from "node:sqlite";
import { reasonOf, serveThread } from "../../ordered-thread.ts";
import { migrations } from "../migrations/migrations.ts";
import {
  type ChangeList,
  type Decision,
  decide,
  type Needed,
  neededRows,
  type Outcome,
  type PutRow,
  type StoredRow,
  type TableWrites,
} from "../sql/group.ts";
import { type TableName, Unavailable } from "../storage.ts";
import { CommitMark } from "./commit-mark.ts";
import { refuseDamage } from "./damage.ts";
import { migrate } from "./migrate.ts";
import { type PackedLists, unpackLists } from "./packed-lists.ts";
import { PreparedStatements } from "./statements.ts";

const readCounter = { name: "read counter", text: `SELECT "value" FROM "change_counter"` };
const writeCounter = { name: "write counter", text: `UPDATE "change_counter" SET "value" = $1` };

class Writer {
  readonly #database: DatabaseSync;
  readonly #statements: PreparedStatements;
  readonly #mark: CommitMark;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA busy_timeout = 5000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA journal_size_limit = 67108864;
    `);
    refuseDamage(this.#database);
    migrate(this.#database, migrations);
    this.#statements = new PreparedStatements(this.#database);
    this.#mark = new CommitMark(`${path}-mark`);
    const refusal = this.#mark.refusal(this.#counter());
    if (refusal !== undefined) throw new Unavailable(refusal);
  }

  /** Resolves every list: with its change counter once the group is durable, or why not. */
  answer(packed: PackedLists): readonly Outcome[] {
    const lists = unpackLists(packed);
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      const { outcomes, counter } = this.#commit(lists);
      this.#database.exec("COMMIT");
      this.#mark.set(counter);
      return outcomes;
    } catch (error) {
      this.#undo();
      return lists.map(() => ({ type: "unavailable", reason: reasonOf(error) }));
    }
  }

  close(): void {
    this.#database.close();
    this.#mark.close();
  }

  #undo(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // The transaction had not begun, or SQLite has undone it itself.
    }
  }

  #counter(): number {
    const [row] = this.#statements.all(readCounter, []) as [{ readonly value: number }];
    return row.value;
  }

  #commit(lists: readonly ChangeList[]): Pick<Decision, "outcomes" | "counter"> {
    const stored = new Map<TableName, readonly StoredRow[]>();
    for (const [table, needed] of neededRows(lists)) stored.set(table, this.#read(table, needed));
    const { outcomes, counter, writes } = decide(lists, this.#counter(), stored);
    for (const each of writes) this.#write(each);
    this.#statements.all(writeCounter, [counter]);
    return { outcomes, counter };
  }

  #read(table: TableName, { keys, hasAdds }: Needed): StoredRow[] {
    const read = this.#statements.of(table).statement(hasAdds ? "amounts" : "revisions");
    return Array.from(keys, (key) => read.get(key) as StoredRow | undefined).filter(
      (row) => row !== undefined,
    );
  }

  #write({ table, replaced, deletes, puts }: TableWrites): void {
    const statements = this.#statements.of(table);
    // A row's entries go with it.
    for (const key of deletes) statements.statement("delete").run(key);
    const wasThere = new Set(replaced);
    for (const { key, revision, body, sealed, indexes } of puts) {
      statements.statement("put").run(key, revision, body, sealed);
      if (wasThere.has(key)) {
        // Nearly always they are what they were: looked at, they cost a third of being written.
        const before = statements.statement("entries").all(key) as unknown as Entry[];
        if (isSame(before, indexes)) continue;
        statements.statement("deleteEntries").run(key);
      }
      for (const [name, value] of indexes) statements.statement("putEntry").run(name, value, key);
    }
  }
}

interface Entry {
  readonly name: string;
  readonly value: string;
}

/** No two entries of a row have the same name. */
function isSame(before: readonly Entry[], indexes: PutRow["indexes"]): boolean {
  return (
    before.length === indexes.length &&
    indexes.every(([name, value]) =>
      before.some((entry) => entry.name === name && entry.value === value),
    )
  );
}

serveThread(({ path }: { path: string }) => new Writer(path));
