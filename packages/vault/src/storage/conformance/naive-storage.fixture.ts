/**
 * The reference that adapters are compared with in tests: a Map that is sorted at every question.
 * Slow, without durability, and too simple to be wrong.
 */
import {
  type Change,
  Conflict,
  counterKey,
  type Expectation,
  type IndexedRow,
  type Range,
  type Row,
  type Storage,
  type Table,
} from "../storage.ts";
import { Watchers } from "../watchers.ts";

interface NaiveRow extends Row<never> {
  readonly table: string;
  readonly indexes: Readonly<Record<string, string>>;
}

export class NaiveStorage implements Storage {
  #rows: NaiveRow[] = [];
  #counter = 0;
  readonly #watchers = new Watchers();

  async get<Body>(table: Table<Body>, key: string): Promise<Row<Body> | undefined> {
    return this.#rows.find((row) => row.table === table.name && row.key === key);
  }

  async getMany<Body>(table: Table<Body>, keys: readonly string[]) {
    return Promise.all(keys.map((key) => this.get(table, key)));
  }

  async list<Body>(table: Table<Body>, range: Range): Promise<readonly Row<Body>[]> {
    return this.#page(table, range, (row) => [row.key]);
  }

  async listByIndex<Body>(
    table: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]> {
    const entry = ({ key, indexes }: NaiveRow) =>
      indexes[index] === undefined ? undefined : [indexes[index], key];
    return this.#page(table, range, entry);
  }

  async count(table: Table<unknown>, prefix: string): Promise<number> {
    return (await this.list(table, { prefix, limit: Number.POSITIVE_INFINITY })).length;
  }

  async commit(changes: readonly Change[]): Promise<number> {
    const before = this.#rows;
    this.#counter++;
    try {
      for (const change of changes) this.#apply(change);
    } catch (error) {
      this.#rows = before;
      throw error;
    }
    this.#watchers.tell(changes);
    return this.#counter;
  }

  watch(table: Table<unknown>, listener: () => void): () => void {
    return this.#watchers.add(table, listener);
  }

  async close(): Promise<void> {}

  #apply(change: Change): void {
    const table = change.table.name;
    if (change.type === "append") {
      const [key, revision] = [counterKey(this.#counter), this.#counter];
      const { body } = change;
      const row = { table, key, revision, body: body as never, sealed: undefined, indexes: {} };
      this.#rows = [...this.#rows, row];
      return;
    }
    if (change.type === "add") {
      const { key, amount } = change;
      const sum = this.#rows.find((row) => row.table === table && row.key === key)?.body ?? 0;
      this.#apply({ type: "put", table: change.table, key, body: sum + amount });
      return;
    }
    const { key, expect } = change;
    const isIt = (row: NaiveRow) => row.table === table && row.key === key;
    const found: Expectation = this.#rows.find(isIt)?.revision ?? "absent";
    if (expect !== undefined && expect !== found) throw new Conflict();
    if (change.type === "require") return;
    const others = this.#rows.filter((row) => !isIt(row));
    if (change.type === "delete") this.#rows = others;
    else {
      const { body, sealed, indexes = {} } = change;
      const row = { table, key, revision: this.#counter, body: body as never, sealed, indexes };
      this.#rows = [...others, row];
    }
  }

  #page(
    table: Table<unknown>,
    { prefix, after, limit, isDescending }: Range,
    entryOf: (row: NaiveRow) => string[] | undefined,
  ) {
    const direction = isDescending ? -1 : 1;
    const start = after === undefined ? undefined : after.split("\0");
    return this.#rows
      .filter((row) => row.table === table.name && entryOf(row)?.[0]?.startsWith(prefix))
      .map((row) => ({ ...row, entry: entryOf(row) ?? [] }))
      .filter(({ entry }) => start === undefined || direction * compare(entry, start) > 0)
      .sort((one, other) => direction * compare(one.entry, other.entry))
      .slice(0, limit)
      .map((row) => ({ ...row, position: row.entry.join("\0") }));
  }
}

/** Part by part, in the byte order of UTF-8. */
function compare(one: string[], other: string[]): number {
  const bytes = (parts: string[]) => Buffer.from(parts.join("\0"));
  return Buffer.compare(bytes(one), bytes(other));
}
