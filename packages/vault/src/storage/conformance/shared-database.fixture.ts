/**
 * A database that nodes share, in memory, as PostgreSQL is one to them: commits are in the order of
 * one counter, and each node knows what others wrote up to its position, which moves when it asks
 * and when it commits. How long each way over the network takes is the test's.
 */
import {
  type Change,
  type IndexedRow,
  type Range,
  type Row,
  type SharedStorage,
  Stale,
  type Table,
  type TouchedRow,
  Unavailable,
} from "../storage.ts";
import { NaiveStorage } from "./naive-storage.fixture.ts";

type Travel = () => Promise<unknown>;

export class SharedDatabase {
  readonly rows = new NaiveStorage();
  readonly touched: { readonly counter: number; readonly rows: readonly TouchedRow[] }[] = [];
  counter = 0;
  readonly #travel: Travel;
  #last: Promise<unknown> = Promise.resolve();

  constructor(travel: Travel = async () => {}) {
    this.#travel = travel;
  }

  node(): SharedNode {
    return new SharedNode(this, this.#travel);
  }

  /** One transaction after another, as the lock of the counter's row makes them. */
  transaction<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

export class SharedNode implements SharedStorage {
  readonly #database: SharedDatabase;
  readonly #travel: Travel;
  readonly #listeners: ((rows: readonly TouchedRow[] | undefined) => void)[] = [];
  #position: number | undefined;
  /** Set: commits happen, and their acknowledgement is lost. */
  isReplyLost = false;
  /** Set: nothing arrives. */
  isCutOff = false;
  /** Set: its watchers hear nothing, as where notifications are lost. */
  isDeaf = false;

  constructor(database: SharedDatabase, travel: Travel) {
    this.#database = database;
    this.#travel = travel;
    this.#position = database.counter;
  }

  async get<Body>(table: Table<Body>, key: string): Promise<Row<Body> | undefined> {
    return (await this.getMany(table, [key]))[0];
  }

  getMany<Body>(table: Table<Body>, keys: readonly string[]) {
    return this.#asked(async () => {
      const rows = await this.#database.rows.getMany(table, keys);
      return rows.map((row) => row && { ...row });
    });
  }

  list<Body>(table: Table<Body>, range: Range): Promise<readonly Row<Body>[]> {
    return this.#asked(() => this.#database.rows.list(table, range));
  }

  listByIndex<Body>(
    table: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]> {
    return this.#asked(() => this.#database.rows.listByIndex(table, index, range));
  }

  count(table: Table<unknown>, prefix: string): Promise<number> {
    return this.#asked(() => this.#database.rows.count(table, prefix));
  }

  async commit(changes: readonly Change[], isOutdated?: () => boolean): Promise<number> {
    const counter = await this.#asked(() =>
      this.#database.transaction(async () => {
        this.#learn();
        if (isOutdated?.()) throw new Stale();
        const counter = await this.#database.rows.commit(changes);
        const rows = changes
          .filter(isWrite)
          .map(({ table: { name }, key }) => ({ table: name, key }));
        this.#database.touched.push({ counter, rows });
        this.#database.counter = counter;
        return counter;
      }),
    );
    if (this.isReplyLost) {
      this.lose();
      throw new Unavailable("The connection was lost");
    }
    if (this.#position !== undefined && this.#position < counter) this.#position = counter;
    return counter;
  }

  watch(table: Table<unknown>, listener: () => void): () => void {
    return this.#database.rows.watch(table, () => {
      if (!this.isDeaf) listener();
    });
  }

  onOthersWrote(listener: (rows: readonly TouchedRow[] | undefined) => void): void {
    this.#listeners.push(listener);
  }

  get progress() {
    return { position: this.#position ?? 0, heard: this.#database.counter };
  }

  async catchUp(counter?: number): Promise<void> {
    if (counter !== undefined && (this.#position ?? 0) >= counter) return;
    await this.#asked(async () => this.#learn());
  }

  /** A connection was lost: any row may have been written. */
  lose(): void {
    this.#position = undefined;
    this.#tell(undefined);
  }

  async prune(): Promise<void> {}

  async close(): Promise<void> {}

  async #asked<Reply>(question: () => Promise<Reply>): Promise<Reply> {
    await this.#travel();
    if (this.isCutOff) throw new Unavailable("The database can't be reached");
    try {
      return await question();
    } finally {
      await this.#travel();
    }
  }

  #learn(): void {
    const position = this.#position;
    this.#position = this.#database.counter;
    if (position === undefined) {
      this.#tell(undefined);
      return;
    }
    const news = this.#database.touched.filter(({ counter }) => counter > position);
    if (news.length > 0) this.#tell(news.flatMap(({ rows }) => rows));
  }

  #tell(rows: readonly TouchedRow[] | undefined): void {
    for (const listener of this.#listeners) listener(rows);
  }
}

function isWrite(change: Change): change is Exclude<Change, { type: "require" | "append" }> {
  return change.type !== "require" && change.type !== "append";
}
