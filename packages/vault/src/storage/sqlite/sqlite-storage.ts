/**
 * Storage on one SQLite file. Reads are short and happen here, on the main thread, through a
 * connection that can't write; all writes go to the writer thread. A commit is acknowledged after
 * the thread has made it durable, and the next read sees it.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { isStorable } from "../prefix.ts";
import { indexBounds, keyBounds } from "../sql/bounds.ts";
import { written } from "../sql/changes.ts";
import { type Columns, type IndexedColumns, indexedRowOf, rowOf } from "../sql/rows.ts";
import {
  countStatement,
  listByIndexStatement,
  listStatement,
  type SqlStatement,
  valuesOf,
} from "../sql/statements.ts";
import {
  type Change,
  type IndexedRow,
  type Range,
  type Row,
  type Storage,
  type Table,
  Unavailable,
} from "../storage.ts";
import { Watchers } from "../watchers.ts";
import { damageIn } from "./damage.ts";
import { type DataFolder, requireNoDraft, takeDataFolder } from "./data-folder.ts";
import { PreparedStatements } from "./statements.ts";
import { SqliteWriter } from "./writer.ts";

export interface SqliteStorageOptions {
  readonly directory: string;
  /** Told where a page that was read or written turns out to be damaged. */
  onDamage?(reason: string): void;
  /** Told why nothing can be written while the writer is gone, and with undefined that it is back. */
  onWriterTrouble?(reason: string | undefined): void;
}

/**
 * Opens, and makes where missing, the embedded database of a data folder.
 *
 * Throws Unavailable if another process serves the folder, a newer program wrote it, it is
 * damaged, or a restore to it was cut short.
 */
export async function openSqliteStorage(options: SqliteStorageOptions): Promise<Storage> {
  const folder = takeDataFolder(options.directory);
  const watchers = new Watchers();
  let writer: SqliteWriter | undefined;
  try {
    requireNoDraft(options.directory);
    writer = await SqliteWriter.start(folder.databasePath, (reason) => {
      options.onWriterTrouble?.(reason && `The database's writer is gone: ${reason}`);
      // What it was asked at its end may be committed, which nobody was told.
      if (reason === undefined) watchers.tellTables();
    });
    const reader = new DatabaseSync(folder.databasePath, { readOnly: true });
    reader.exec("PRAGMA busy_timeout = 5000");
    return new SqliteStorage(folder, reader, writer, watchers, options);
  } catch (error) {
    await writer?.close();
    folder.release();
    throw error;
  }
}

class SqliteStorage implements Storage {
  readonly #folder: DataFolder;
  readonly #reader: DatabaseSync;
  readonly #writer: SqliteWriter;
  readonly #watchers: Watchers;
  readonly #statements: PreparedStatements;
  readonly #options: SqliteStorageOptions;
  #closing: Promise<void> | undefined;

  constructor(
    folder: DataFolder,
    reader: DatabaseSync,
    writer: SqliteWriter,
    watchers: Watchers,
    options: SqliteStorageOptions,
  ) {
    this.#options = options;
    this.#folder = folder;
    this.#reader = reader;
    this.#statements = new PreparedStatements(reader);
    this.#writer = writer;
    this.#watchers = watchers;
  }

  async get<Body>(table: Table<Body>, key: string): Promise<Row<Body> | undefined> {
    return this.#get(table, key);
  }

  async getMany<Body>(
    table: Table<Body>,
    keys: readonly string[],
  ): Promise<readonly (Row<Body> | undefined)[]> {
    return keys.map((key) => this.#get(table, key));
  }

  async list<Body>(table: Table<Body>, range: Range): Promise<readonly Row<Body>[]> {
    const bounds = keyBounds(range);
    if (bounds === undefined) return [];
    const statement = listStatement(table.name, bounds, range.isDescending === true);
    const found = this.#all<Columns>(statement, [...valuesOf(bounds), range.limit]);
    return found.map((row) => rowOf<Body>(row));
  }

  async listByIndex<Body>(
    table: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]> {
    const bounds = indexBounds(range);
    if (bounds === undefined) return [];
    const statement = listByIndexStatement(table.name, bounds, range.isDescending === true);
    const values = [index, ...valuesOf(bounds), range.limit];
    return this.#all<IndexedColumns>(statement, values).map((row) => indexedRowOf<Body>(row));
  }

  async count(table: Table<unknown>, prefix: string): Promise<number> {
    const bounds = keyBounds({ prefix, limit: 1 });
    if (bounds === undefined) return 0;
    const statement = countStatement(table.name, bounds);
    const [row] = this.#all<{ readonly count: number }>(statement, valuesOf(bounds));
    return row?.count ?? 0;
  }

  async commit(changes: readonly Change[]): Promise<number> {
    const counter = await this.#writer.commit(written(changes)).catch((error) => {
      this.#tellDamage(error);
      throw error;
    });
    this.#watchers.tell(changes);
    return counter;
  }

  watch(table: Table<unknown>, listener: () => void): () => void {
    return this.#watchers.add(table, listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // The last to close gathers all commits in one file, which a reader could not.
    this.#reader.close();
    await this.#writer.close();
    this.#folder.release();
  }

  #get<Body>(table: Table<Body>, key: string): Row<Body> | undefined {
    if (!isStorable(key)) return undefined;
    try {
      const row = this.#statements.of(table.name).statement("get").get(key);
      return row === undefined ? undefined : rowOf<Body>(row as unknown as Columns);
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #all<Found>(statement: SqlStatement, values: readonly SQLInputValue[]): Found[] {
    try {
      return this.#statements.all(statement, values) as Found[];
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #unreadable(cause: unknown): Unavailable {
    this.#tellDamage(cause);
    return new Unavailable("The database can't be read", { cause });
  }

  #tellDamage(error: unknown): void {
    const damage = damageIn(error);
    if (damage !== undefined) this.#options.onDamage?.(damage);
  }
}
