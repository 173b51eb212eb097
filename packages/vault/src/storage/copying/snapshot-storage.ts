/** One state of a database as the domain reads it. It takes no writes. */
import type { Queries } from "../../postgres/database.ts";
import { indexBounds, keyBounds } from "../sql/bounds.ts";
import { type Columns, type IndexedColumns, indexedRowOf, rowOf } from "../sql/rows.ts";
import {
  countStatement,
  listByIndexStatement,
  listStatement,
  oneRow,
  TableStatements,
  valuesOf,
} from "../sql/statements.ts";
import {
  type IndexedRow,
  type Range,
  type Row,
  type Storage,
  type Table,
  type TableName,
  Unavailable,
} from "../storage.ts";

export class SnapshotStorage implements Storage {
  readonly #queries: Queries;
  readonly #statements = new Map<TableName, TableStatements>();

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async get<Body>({ name }: Table<Body>, key: string): Promise<Row<Body> | undefined> {
    let statements = this.#statements.get(name);
    if (statements === undefined) {
      statements = new TableStatements(name, oneRow);
      this.#statements.set(name, statements);
    }
    const [row] = await this.#queries.all<Columns>(statements.get, [key]);
    return row && rowOf(row);
  }

  async getMany<Body>(
    table: Table<Body>,
    keys: readonly string[],
  ): Promise<readonly (Row<Body> | undefined)[]> {
    const rows: (Row<Body> | undefined)[] = [];
    for (const key of keys) rows.push(await this.get(table, key));
    return rows;
  }

  async list<Body>({ name }: Table<Body>, range: Range): Promise<readonly Row<Body>[]> {
    const bounds = keyBounds(range);
    if (bounds === undefined) return [];
    const statement = listStatement(name, bounds, range.isDescending === true);
    const values = [...valuesOf(bounds), range.limit];
    return (await this.#queries.all<Columns>(statement, values)).map((row) => rowOf<Body>(row));
  }

  async listByIndex<Body>(
    { name }: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]> {
    const bounds = indexBounds(range);
    if (bounds === undefined) return [];
    const statement = listByIndexStatement(name, bounds, range.isDescending === true);
    const values = [index, ...valuesOf(bounds), range.limit];
    const rows = await this.#queries.all<IndexedColumns>(statement, values);
    return rows.map((row) => indexedRowOf<Body>(row));
  }

  async count({ name }: Table<unknown>, prefix: string): Promise<number> {
    const bounds = keyBounds({ prefix, limit: 1 });
    if (bounds === undefined) return 0;
    const statement = countStatement(name, bounds);
    const [row] = await this.#queries.all<{ count: number }>(statement, valuesOf(bounds));
    return Number(row?.count);
  }

  commit(): Promise<number> {
    return Promise.reject(new Unavailable("What is read as it was at one moment takes no writes"));
  }

  /** Nothing is ever committed to it. */
  watch(): () => void {
    return () => {};
  }

  /** Whoever opened the database closes it. */
  async close(): Promise<void> {}
}
