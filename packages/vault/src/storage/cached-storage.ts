/**
 * Keeps rows that were read in memory, within a bound of bytes, and gives out the same object
 * until the row changes. From the moment a commit begins until it has ended, its rows are neither
 * kept nor given out, so an acknowledged write is never followed by an older row. What was in
 * memory then comes back as the commit has written it, unless anybody else wrote it meanwhile:
 * what is written again and again need not be read again each time.
 */
import type { Soon } from "../soon.ts";
import { parseFrozen } from "./frozen.ts";
import { Races, type UnderWay } from "./races.ts";
import { RecentRows } from "./recent-rows.ts";
import type {
  Add,
  Change,
  Delete,
  IndexedRow,
  Put,
  Range,
  Row,
  Storage,
  Table,
  TableName,
} from "./storage.ts";

interface RowWrite {
  readonly change: Put | Delete | Add;
  readonly underWay: UnderWay;
  readonly wasKept: boolean;
}

export interface CacheOptions {
  readonly bytesMax: number;
  /** Counts the rows that were asked for, by where they came from. */
  readonly uses?: { hits: number; misses: number };
}

/** Wraps a storage whose every writer goes through this wrapper. */
export function cacheStorage(storage: Storage, options: CacheOptions): Storage {
  return new CachedStorage(storage, options);
}

export class CachedStorage implements Storage {
  readonly #storage: Storage;
  readonly #rows: RecentRows;
  readonly #races = new Races();
  readonly #uses: { hits: number; misses: number };

  constructor(storage: Storage, { bytesMax, uses = { hits: 0, misses: 0 } }: CacheOptions) {
    this.#storage = storage;
    this.#rows = new RecentRows(bytesMax);
    this.#uses = uses;
  }

  get<Body>(table: Table<Body>, key: string): Soon<Row<Body> | undefined> {
    const row = this.#remembered(table, key);
    if (row === undefined) return this.#read(table, key);
    this.#uses.hits += 1;
    return row;
  }

  async getMany<Body>(
    table: Table<Body>,
    keys: readonly string[],
  ): Promise<readonly (Row<Body> | undefined)[]> {
    const rows = keys.map((key) => this.#remembered(table, key));
    const missing = keys.filter((_, position) => rows[position] === undefined);
    this.#uses.hits += keys.length - missing.length;
    if (missing.length === 0) return rows;
    const read = await this.#readMany(table, missing);
    let next = 0;
    return rows.map((row) => row ?? read[next++]);
  }

  list<Body>(table: Table<Body>, range: Range): Promise<readonly Row<Body>[]> {
    this.asks();
    return this.#storage.list(table, range);
  }

  listByIndex<Body>(
    table: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]> {
    this.asks();
    return this.#storage.listByIndex(table, index, range);
  }

  count(table: Table<unknown>, prefix: string): Promise<number> {
    this.asks();
    return this.#storage.count(table, prefix);
  }

  async commit(changes: readonly Change[]): Promise<number> {
    const writes = changes.flatMap((change) => this.#begin(change));
    try {
      const counter = await this.write(changes);
      for (const write of writes) this.#renew(write, counter);
      return counter;
    } finally {
      for (const { underWay } of writes) this.#races.endWrite(underWay);
    }
  }

  watch(table: Table<unknown>, listener: () => void): () => void {
    return this.#storage.watch(table, listener);
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  /** A row is given out without asking the database. */
  protected gave(_table: TableName, _key: string): void {}

  /** The database is about to be asked. */
  protected asks(): void {}

  protected write(changes: readonly Change[]): Promise<number> {
    return this.#storage.commit(changes);
  }

  /** Somebody else has written the row: neither it nor what is just being read of it is kept. */
  protected forget(table: TableName, key: string): void {
    this.#races.overtake(table, key);
    this.#rows.delete(table, key);
  }

  protected forgetAll(): void {
    this.#races.overtakeAll();
    this.#rows.clear();
  }

  #begin(change: Change): RowWrite | [] {
    // What is appended has a key that nobody can have read.
    if (change.type === "require" || change.type === "append") return [];
    const { table, key } = change;
    const underWay = this.#races.beginWrite(table.name, key);
    return { change, underWay, wasKept: this.#rows.delete(table.name, key) };
  }

  /** The row as a read would bring it: bytes of its own, and a body that went through JSON. */
  #renew({ change, underWay, wasKept }: RowWrite, revision: number): void {
    if (!wasKept || underWay.isRaced || change.type !== "put") return;
    const { table, key } = change;
    const json = JSON.stringify(change.body);
    const sealed = change.sealed && new Uint8Array(change.sealed);
    this.#rows.keep(table.name, { key, revision, body: parseFrozen(json), sealed }, json.length);
  }

  #remembered<Body>(table: Table<Body>, key: string): Row<Body> | undefined {
    const row = this.#rows.get(table.name, key);
    if (row !== undefined) this.gave(table.name, key);
    return row as Row<Body> | undefined;
  }

  async #read<Body>(table: Table<Body>, key: string): Promise<Row<Body> | undefined> {
    const [row] = await this.#readMany(table, [key]);
    return row;
  }

  async #readMany<Body>(
    table: Table<Body>,
    keys: readonly string[],
  ): Promise<readonly (Row<Body> | undefined)[]> {
    this.asks();
    this.#uses.misses += keys.length;
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
