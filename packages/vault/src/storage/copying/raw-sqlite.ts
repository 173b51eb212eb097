/**
 * Raw rows of an embedded database: read beside a vault that goes on serving it, and written into
 * a file that is being made. A half-made file is worthless, so nothing of it is durable before
 * `finish`.
 */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Queries, Statement, Value } from "../../postgres/database.ts";
import { makePrivateFile } from "../../private-file.ts";
import { migrations } from "../migrations/migrations.ts";
import { migrate } from "../sqlite/migrate.ts";
import { PreparedStatements } from "../sqlite/statements.ts";
import { Unavailable } from "../storage.ts";
import { readRaw } from "./raw-reader.ts";
import type { RawDatabase, RawRow, RawWriter } from "./raw-rows.ts";

/** The database as it is now, for as long as `work` takes. */
export async function readSqlite<Result>(
  path: string,
  work: (database: RawDatabase) => Promise<Result>,
): Promise<Result> {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    // A snapshot begins with the first read, which `readRaw` makes.
    database.exec("BEGIN");
    return await work(await readRaw(queriesOf(database), tablesOf(database)));
  } finally {
    database.close();
  }
}

/** What SQLite itself finds wrong with the file; empty where all is well. */
export function sqliteDamage(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const found = database.prepare("PRAGMA integrity_check(20)").all();
    return found.map((row) => String(row.integrity_check)).filter((text) => text !== "ok");
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    database.close();
  }
}

export interface SqliteDraft extends RawWriter {
  /** Makes all of it durable, at this program's schema. Nothing is written afterwards. */
  finish(): void;
  /** Without `finish` the file is worth nothing. */
  close(): void;
}

/** Begins a database at `path`, where no file is, with the tables of that schema version. */
export function draftSqlite(path: string, schemaVersion: number): SqliteDraft {
  const database = new DatabaseSync(makePrivateFile(path));
  // Node's guard against damage by SQL lets no database be without a journal.
  database.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
  migrate(
    database,
    migrations.filter(({ version }) => version <= schemaVersion),
  );
  database.exec("BEGIN");
  return new Draft(database, path);
}

class Draft implements SqliteDraft {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  async insert(table: string, rows: readonly RawRow[]): Promise<void> {
    for (const { key, revision, body, sealed, indexes } of rows) {
      this.#run(`INSERT INTO "${table}" VALUES (?, ?, ?, ?)`, [key, revision, body, sealed]);
      for (const [name, value] of indexes) {
        this.#run(`INSERT INTO "${table}_index" VALUES (?, ?, ?)`, [name, value, key]);
      }
    }
  }

  async replace(table: string, row: RawRow): Promise<void> {
    this.#run(`DELETE FROM "${table}_index" WHERE "key" = ?`, [row.key]);
    this.#run(`DELETE FROM "${table}" WHERE "key" = ?`, [row.key]);
    await this.insert(table, [row]);
  }

  async setChangeCounter(counter: number): Promise<void> {
    this.#run(`UPDATE "change_counter" SET "value" = ?`, [counter]);
  }

  finish(): void {
    this.#database.exec("COMMIT");
    migrate(this.#database, migrations);
    this.#database.close();
    const file = openSync(this.#path, "r+");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #run(sql: string, values: readonly SQLInputValue[]): void {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    statement.run(...values);
  }
}

function tablesOf(database: DatabaseSync): string[] {
  const found = database.prepare(`SELECT "name" FROM "sqlite_master" WHERE "type" = 'table'`).all();
  return found.map(({ name }) => String(name));
}

function queriesOf(database: DatabaseSync): Queries {
  const statements = new PreparedStatements(database);
  return {
    async all<Row>(statement: Statement, values: readonly Value[] = []) {
      try {
        return statements.all(statement, values as readonly SQLInputValue[]) as Row[];
      } catch (cause) {
        throw new Unavailable("The database can't be read", { cause });
      }
    },
  };
}
