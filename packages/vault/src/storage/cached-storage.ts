/**
 * Keeps rows that were read in memory, within a bound of bytes, and gives out the same object
 * until the row changes. From the moment a commit begins until it has ended, its rows are neither
 * kept nor given out, so an acknowledged write is never followed by an older row.
 */
import { Races } from "./races.ts";
import { RecentRows } from "./recent-rows.ts";
import type { Change, IndexedRow, Range, Row, Storage, Table } from "./storage.ts";

/** Wraps a storage whose every writer goes through this wrapper. */
export function cacheStorage(storage: Storage, options: { readonly bytesMax: number }): Storage {
  return new CachedStorage(storage, options.bytesMax);
}

class CachedStorage implements Storage {
  readonly #storage: Storage;
  readonly #rows: RecentRows;
  readonly #races = new Races();

  constructor(storage: Storage, bytesMax: number) {
    this.#storage = storage;
    this.#rows = new RecentRows(bytesMax);
  }

  async get<Body>(table: Table<Body>, key: string): Promise<Row<Body> | undefined> {
    const row = this.#rows.get(table.name, key);
    return row === undefined ? this.#read(table, key) : (row as Row<Body>);
  }

  async getMany<Body>(
    table: Table<Body>,
    keys: readonly string[],
  ): Promise<readonly (Row<Body> | undefined)[]> {
    const rows = keys.map((key) => this.#rows.get(table.name, key) as Row<Body> | undefined);
    const missing = keys.filter((_, position) => rows[position] === undefined);
    if (missing.length === 0) return rows;
    const read = await this.#readMany(table, missing);
    let next = 0;
    return rows.map((row) => row ?? read[next++]);
  }

  list<Body>(table: Table<Body>, range: Range): Promise<readonly Row<Body>[]> {
    return this.#storage.list(table, range);
  }

  listByIndex<Body>(
    table: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]> {
    return this.#storage.listByIndex(table, index, range);
  }

  count(table: Table<unknown>, prefix: string): Promise<number> {
    return this.#storage.count(table, prefix);
  }

  async commit(changes: readonly Change[]): Promise<number> {
    const touched = changes.filter((change) => change.type !== "require");
    for (const { table, key } of touched) {
      this.#races.beginWrite(table.name, key);
      this.#rows.delete(table.name, key);
    }
    try {
      return await this.#storage.commit(changes);
    } finally {
      for (const { table, key } of touched) this.#races.endWrite(table.name, key);
    }
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  async #read<Body>(table: Table<Body>, key: string): Promise<Row<Body> | undefined> {
    const [row] = await this.#readMany(table, [key]);
    return row;
  }

  async #readMany<Body>(
    table: Table<Body>,
    keys: readonly string[],
  ): Promise<readonly (Row<Body> | undefined)[]> {
    const reads = keys.map((key) => this.#races.beginRead(table.name, key));
    try {
      const rows = await this.#storage.getMany(table, keys);
      return rows.map((row, position) =>
        row === undefined || reads[position]?.isRaced ? row : this.#rows.keep(table.name, row),
      );
    } finally {
      for (const read of reads) this.#races.endRead(read);
    }
  }
}
