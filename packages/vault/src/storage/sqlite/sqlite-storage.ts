/**
 * Storage on one SQLite file. Reads are short and happen here, on the main thread, through a
 * connection that can't write; all writes go to the writer thread. A commit is acknowledged after
 * the thread has made it durable, and the next read sees it.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { parseFrozen } from "../frozen.ts";
import { prefixEnd } from "../prefix.ts";
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
import { written } from "./changes.ts";
import { type DataFolder, takeDataFolder } from "./data-folder.ts";
import { SqliteWriter } from "./writer.ts";

/**
 * Opens, and makes where missing, the embedded database of a data folder.
 *
 * Throws Unavailable if another process serves the folder or a newer program wrote it.
 */
export async function openSqliteStorage(options: { readonly directory: string }): Promise<Storage> {
  const folder = takeDataFolder(options.directory);
  let writer: SqliteWriter | undefined;
  try {
    writer = await SqliteWriter.start(folder.databasePath);
    const reader = new DatabaseSync(folder.databasePath, { readOnly: true });
    reader.exec("PRAGMA busy_timeout = 5000");
    return new SqliteStorage(folder, reader, writer);
  } catch (error) {
    await writer?.close();
    folder.release();
    throw error;
  }
}

/** SQLite orders every blob behind every text: the end of a range that has no other. */
const behindAllText = new Uint8Array(0);

const columns = `"key", "revision", "body", "sealed"`;

interface Columns {
  readonly key: string;
  readonly revision: number;
  readonly body: string;
  readonly sealed: Uint8Array | null;
}

class SqliteStorage implements Storage {
  readonly #folder: DataFolder;
  readonly #reader: DatabaseSync;
  readonly #writer: SqliteWriter;
  readonly #watchers = new Watchers();
  readonly #statements = new Map<string, StatementSync>();
  #closing: Promise<void> | undefined;

  constructor(folder: DataFolder, reader: DatabaseSync, writer: SqliteWriter) {
    this.#folder = folder;
    this.#reader = reader;
    this.#writer = writer;
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
    const end = prefixEnd(range.prefix) ?? behindAllText;
    // The smallest key behind `after` is `after` with a NUL, so the range's start is inclusive.
    const from = range.isDescending || range.after === undefined ? "" : `${range.after}\0`;
    const to = range.isDescending ? (range.after ?? end) : end;
    const direction = range.isDescending ? "DESC" : "ASC";
    const found = this.#all(
      `SELECT ${columns} FROM "${table.name}"
       WHERE "key" >= max(?, ?) AND "key" < min(?, ?) ORDER BY "key" ${direction} LIMIT ?`,
      [range.prefix, from, end, to, range.limit],
    );
    return found.map((row) => rowOf<Body>(row as Columns));
  }

  async listByIndex<Body>(
    table: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]> {
    const end = prefixEnd(range.prefix) ?? behindAllText;
    const after = range.after === undefined ? undefined : entryAt(range.after);
    const isDescending = range.isDescending === true;
    const from = after === undefined || isDescending ? [range.prefix, ""] : after;
    const to = after !== undefined && isDescending ? after : [end, ""];
    const comparison = after === undefined || isDescending ? ">=" : ">";
    const direction = isDescending ? "DESC" : "ASC";
    // The unary plus keeps the range's own ends out of the plan: the entry to resume at is nearer.
    const found = this.#all(
      `SELECT r."key", r."revision", r."body", r."sealed", i."value"
       FROM "${table.name}_index" i JOIN "${table.name}" r ON r."key" = i."key"
       WHERE i."name" = ? AND (i."value", i."key") ${comparison} (?, ?)
         AND (i."value", i."key") < (?, ?) AND +i."value" >= ? AND +i."value" < ?
       ORDER BY i."value" ${direction}, i."key" ${direction} LIMIT ?`,
      [index, ...from, ...to, range.prefix, end, range.limit],
    );
    return found.map((each) => {
      const row = each as Columns & { readonly value: string };
      return { ...rowOf<Body>(row), position: `${row.value}\0${row.key}` };
    });
  }

  async count(table: Table<unknown>, prefix: string): Promise<number> {
    const [row] = this.#all(
      `SELECT count(*) AS "count" FROM "${table.name}" WHERE "key" >= ? AND "key" < ?`,
      [prefix, prefixEnd(prefix) ?? behindAllText],
    );
    return (row as { readonly count: number }).count;
  }

  async commit(changes: readonly Change[]): Promise<number> {
    const counter = await this.#writer.commit(written(changes));
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
    await this.#writer.close();
    this.#reader.close();
    this.#folder.release();
  }

  #get<Body>(table: Table<Body>, key: string): Row<Body> | undefined {
    // A lone surrogate would be read as U+FFFD, which is another key.
    if (!key.isWellFormed()) return undefined;
    const [row] = this.#all(`SELECT ${columns} FROM "${table.name}" WHERE "key" = ?`, [key]);
    return row === undefined ? undefined : rowOf<Body>(row as Columns);
  }

  #all(sql: string, parameters: readonly SQLInputValue[]): unknown[] {
    try {
      return this.#prepare(sql).all(...parameters);
    } catch (error) {
      throw new Unavailable("The database can't be read", { cause: error });
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#reader.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function rowOf<Body>({ key, revision, body, sealed }: Columns): Row<Body> {
  return { key, revision, body: parseFrozen(body) as Body, sealed: sealed ?? undefined };
}

/** A position in an index as its value and key. Any string is one, so none can fail. */
function entryAt(position: string): [value: string, key: string] {
  const nul = position.indexOf("\0");
  return nul === -1 ? [position, ""] : [position.slice(0, nul), position.slice(nul + 1)];
}
