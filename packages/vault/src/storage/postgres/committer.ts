/**
 * Commits a group of change lists in one transaction, in two round trips: lock the change counter,
 * so that the commits of all nodes are in its order, learn what others have written, read the rows
 * that are touched; then write what is decided. Other nodes are told when it is committed.
 */
import type { PostgresDatabase, Queries, Value } from "../../postgres/database.ts";
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
import { manyRows, TableStatements } from "../sql/statements.ts";
import { type TableName, Unavailable } from "../storage.ts";
import { channel, type Freshness, type Touched, touchedText } from "./freshness.ts";

const lockCounter = {
  name: "lock counter",
  text: `SELECT "value", "horizon" FROM "change_counter" FOR UPDATE`,
};
const readTouched = {
  name: "read touched",
  text: `SELECT "counter", "node", "rows" FROM "touched_rows" WHERE "counter" > $1 ORDER BY "counter"`,
};
const writeCounter = { name: "write counter", text: `UPDATE "change_counter" SET "value" = $1` };
const writeTouched = {
  name: "write touched",
  text: `INSERT INTO "touched_rows" ("counter", "node", "rows") VALUES ($1, $2, $3)`,
};
const notify = { name: "notify", text: `SELECT pg_notify('${channel}', $1)` };

interface Counter {
  readonly value: number;
  readonly horizon: number;
}

export class Committer {
  readonly #database: PostgresDatabase;
  readonly #freshness: Freshness;
  readonly #tables = new Map<TableName, TableStatements>();

  constructor(database: PostgresDatabase, freshness: Freshness) {
    this.#database = database;
    this.#freshness = freshness;
  }

  statements(table: TableName): TableStatements {
    let statements = this.#tables.get(table);
    if (statements === undefined) {
      statements = new TableStatements(table, manyRows);
      this.#tables.set(table, statements);
    }
    return statements;
  }

  /** Throws Unavailable: whether the group is committed is not known then. */
  async commit(lists: readonly ChangeList[]): Promise<readonly Outcome[]> {
    const asked = this.#freshness.ask();
    const { outcomes, counter } = await this.#database.transaction(async (queries) => {
      const decision = await this.#decide(queries, asked, lists);
      if (decision.writes.length > 0) this.#write(queries, decision);
      return decision;
    });
    this.#freshness.wrote(asked, counter);
    return outcomes;
  }

  async #decide(
    queries: Queries,
    asked: ReturnType<Freshness["ask"]>,
    lists: readonly ChangeList[],
  ): Promise<Decision> {
    const [[counter], touched, rows] = await Promise.all([
      queries.all<Counter>(lockCounter) as Promise<readonly [Counter]>,
      queries.all<Touched>(readTouched, [asked.afterPosition]),
      this.#read(queries, neededRows(lists)),
    ]);
    const { value, horizon } = counter;
    if (!this.#freshness.learn(asked, { counter: value, horizon, touched })) {
      throw new Unavailable("The connection to the database was lost");
    }
    return decide(lists, value, rows);
  }

  async #read(
    queries: Queries,
    needed: ReadonlyMap<TableName, Needed>,
  ): Promise<ReadonlyMap<TableName, readonly StoredRow[]>> {
    const reads = Array.from(needed, async ([table, { keys, hasAdds }]) => {
      const { amounts, revisions } = this.statements(table);
      const rows = await queries.all<StoredRow>(hasAdds ? amounts : revisions, [[...keys]]);
      return [table, rows] as const;
    });
    return new Map(await Promise.all(reads));
  }

  /** Waits for no answer: COMMIT travels along, and fails if any of it does. */
  #write(queries: Queries, { counter, writes }: Decision): void {
    for (const each of writes) this.#writeTable(queries, each);
    void queries.all(writeCounter, [counter]);
    void queries.all(writeTouched, [counter, this.#freshness.node, touchedText(writes)]);
    void queries.all(notify, [`${counter} ${this.#freshness.node}`]);
  }

  #writeTable(queries: Queries, { table, replaced, deletes, puts }: TableWrites): void {
    const statements = this.statements(table);
    if (replaced.length > 0) void queries.all(statements.deleteEntries, [replaced]);
    if (deletes.length > 0) void queries.all(statements.delete, [deletes]);
    if (puts.length > 0) void queries.all(statements.put, rowsAsArrays(puts));
    const entries = puts.flatMap(({ key, indexes }) =>
      indexes.map(([name, value]) => [name, value, key] as const),
    );
    if (entries.length === 0) return;
    const column = (at: 0 | 1 | 2) => entries.map((entry) => entry[at]);
    void queries.all(statements.putEntry, [column(0), column(1), column(2)]);
  }
}

function rowsAsArrays(rows: readonly PutRow[]): Value[] {
  return [
    rows.map(({ key }) => key),
    rows.map(({ revision }) => revision),
    rows.map(({ body }) => body),
    rows.map(({ sealed }) => sealed),
  ];
}
