/**
 * Storage on a PostgreSQL database that other nodes write to as well. Every read asks the
 * database; what they may keep in memory they are told by `onOthersWrote`.
 */
import type { PostgresDatabase, Value } from "../../postgres/database.ts";
import { migratePostgres } from "../../postgres/migrate.ts";
import { migrations } from "../migrations/migrations.ts";
import { isStorable } from "../prefix.ts";
import { indexBounds, keyBounds } from "../sql/bounds.ts";
import { written } from "../sql/changes.ts";
import { Gathering } from "../sql/gathering.ts";
import { type Columns, type IndexedColumns, indexedRowOf, rowOf } from "../sql/rows.ts";
import {
  countStatement,
  listByIndexStatement,
  listStatement,
  valuesOf,
} from "../sql/statements.ts";
import type {
  Change,
  IndexedRow,
  Range,
  Row,
  SharedStorage,
  Table,
  TouchedRow,
} from "../storage.ts";
import { Watchers } from "../watchers.ts";
import { Committer } from "./committer.ts";
import { Freshness } from "./freshness.ts";

/** A node that is further behind reads everything anew. */
const rememberedCommits = 10_000;

const moveHorizon = {
  name: "move horizon",
  text: `UPDATE "change_counter" SET "horizon" = greatest("horizon", "value" - $1)`,
};
const forgetTouched = {
  name: "forget touched",
  text: `DELETE FROM "touched_rows" WHERE "counter" <= (SELECT "horizon" FROM "change_counter")`,
};

/**
 * Brings the database to this program's schema, and serves it until `close`, which leaves the
 * database's connections open: they are whoever's who opened them.
 *
 * Throws Unavailable if it can't be reached or a newer program wrote it.
 */
export async function openPostgresStorage(options: {
  readonly database: PostgresDatabase;
}): Promise<SharedStorage> {
  const { database } = options;
  await migratePostgres(database, migrations, "schema_version");
  const storage = new PostgresStorage(database);
  await storage.catchUp();
  return storage;
}

class PostgresStorage implements SharedStorage {
  readonly #database: PostgresDatabase;
  readonly #watchers = new Watchers();
  readonly #freshness: Freshness;
  readonly #committer: Committer;
  readonly #gathering: Gathering;
  readonly #stopListening: () => void;

  constructor(database: PostgresDatabase) {
    this.#database = database;
    this.#freshness = new Freshness(database, this.#watchers);
    this.#committer = new Committer(database, this.#freshness);
    this.#gathering = new Gathering((lists) => this.#committer.commit(lists));
    this.#stopListening = this.#freshness.listen();
  }

  async get<Body>(table: Table<Body>, key: string): Promise<Row<Body> | undefined> {
    return (await this.getMany(table, [key]))[0];
  }

  async getMany<Body>(
    table: Table<Body>,
    keys: readonly string[],
  ): Promise<readonly (Row<Body> | undefined)[]> {
    const wanted = [...new Set(keys.filter(isStorable))];
    if (wanted.length === 0) return keys.map(() => undefined);
    const { get } = this.#committer.statements(table.name);
    const found = await this.#database.all<Columns>(get, [wanted]);
    const rows = new Map(found.map((columns) => [columns.key, rowOf<Body>(columns)]));
    return keys.map((key) => rows.get(key));
  }

  async list<Body>(table: Table<Body>, range: Range): Promise<readonly Row<Body>[]> {
    const bounds = keyBounds(range);
    if (bounds === undefined) return [];
    const statement = listStatement(table.name, bounds, range.isDescending === true);
    const values: Value[] = [...valuesOf(bounds), range.limit];
    return (await this.#database.all<Columns>(statement, values)).map((row) => rowOf<Body>(row));
  }

  async listByIndex<Body>(
    table: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]> {
    const bounds = indexBounds(range);
    if (bounds === undefined) return [];
    const statement = listByIndexStatement(table.name, bounds, range.isDescending === true);
    const values: Value[] = [index, ...valuesOf(bounds), range.limit];
    const found = await this.#database.all<IndexedColumns>(statement, values);
    return found.map((row) => indexedRowOf<Body>(row));
  }

  async count(table: Table<unknown>, prefix: string): Promise<number> {
    const bounds = keyBounds({ prefix, limit: 1 });
    if (bounds === undefined) return 0;
    const statement = countStatement(table.name, bounds);
    const [row] = await this.#database.all<{ readonly count: number }>(statement, valuesOf(bounds));
    return row?.count ?? 0;
  }

  async commit(changes: readonly Change[], isOutdated?: () => boolean): Promise<number> {
    const counter = await this.#gathering.commit({ changes: written(changes), isOutdated });
    this.#watchers.tell(changes);
    return counter;
  }

  watch(table: Table<unknown>, listener: () => void): () => void {
    return this.#watchers.add(table, listener);
  }

  onOthersWrote(listener: (rows: readonly TouchedRow[] | undefined) => void): void {
    this.#freshness.onOthersWrote(listener);
  }

  catchUp(counter?: number): Promise<void> {
    return counter === undefined ? this.#freshness.look() : this.#freshness.catchUp(counter);
  }

  get progress() {
    return this.#freshness.progress;
  }

  async prune(): Promise<void> {
    await this.#database.transaction(async (queries) => {
      // Its row is locked from here on, so no commit comes between the two.
      await queries.all(moveHorizon, [rememberedCommits]);
      await queries.all(forgetTouched);
    });
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.#gathering.close();
  }
}
