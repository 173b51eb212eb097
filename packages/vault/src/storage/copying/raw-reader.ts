/** Reads raw rows with SQL that SQLite and PostgreSQL both have. */
import type { Queries } from "../../postgres/database.ts";
import { prefixEnd } from "../prefix.ts";
import type { Storage } from "../storage.ts";
import { domainTables } from "./domain-tables.ts";
import type { RawDatabase, RawRow } from "./raw-rows.ts";
import { SnapshotStorage } from "./snapshot-storage.ts";

/** Values are up to 64 KB, so a page is up to some 10 MB. */
const rowsPerPage = 150;

interface Entry {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

type Columns = Omit<RawRow, "indexes">;

/** `queries` see one state of the database; `names` are all tables that there are. */
export async function readRaw(queries: Queries, names: readonly string[]): Promise<RawDatabase> {
  const there = new Set(names);
  const [schema] = await queries.all<{ version: number }>({
    name: "raw-schema-version",
    text: `SELECT "version" FROM "schema_version"`,
  });
  const [counter] = await queries.all<{ value: number }>({
    name: "raw-change-counter",
    text: `SELECT "value" FROM "change_counter"`,
  });
  return new RawReader(queries, {
    schemaVersion: Number(schema?.version ?? 0),
    changeCounter: Number(counter?.value ?? 0),
    tables: domainTables().filter((name) => there.has(name)),
  });
}

class RawReader implements RawDatabase {
  readonly schemaVersion: number;
  readonly changeCounter: number;
  readonly tables: readonly string[];
  readonly storage: Storage;
  readonly #queries: Queries;

  constructor(
    queries: Queries,
    facts: Pick<RawDatabase, "schemaVersion" | "changeCounter" | "tables">,
  ) {
    this.#queries = queries;
    this.storage = new SnapshotStorage(queries);
    this.schemaVersion = facts.schemaVersion;
    this.changeCounter = facts.changeCounter;
    this.tables = facts.tables;
  }

  async *rows(table: string, prefix = ""): AsyncGenerator<RawRow> {
    const end = prefixEnd(prefix);
    let after: string | undefined;
    for (;;) {
      const page = await this.#page(table, after ?? prefix, after !== undefined, end);
      const entries = await this.#entries(table, page);
      for (const row of page) yield { ...row, indexes: entries.get(row.key) ?? [] };
      after = page.at(-1)?.key;
      if (page.length < rowsPerPage) return;
    }
  }

  async row(table: string, key: string): Promise<RawRow | undefined> {
    const [row] = await this.#queries.all<Columns>(
      {
        name: `raw-row-${table}`,
        text: `SELECT "key", "revision", "body", "sealed" FROM "${table}" WHERE "key" = $1`,
      },
      [key],
    );
    if (row === undefined) return undefined;
    return { ...row, indexes: (await this.#entries(table, [row])).get(key) ?? [] };
  }

  async countIndexEntries(table: string): Promise<number> {
    const [counted] = await this.#queries.all<{ count: number }>({
      name: `raw-count-${table}`,
      text: `SELECT count(*) AS "count" FROM "${table}_index"`,
    });
    return Number(counted?.count);
  }

  #page(table: string, from: string, isBehind: boolean, end: string | undefined) {
    const before = end === undefined ? "" : `AND "key" < $2`;
    return this.#queries.all<Columns>(
      {
        name: `raw-page-${table}-${isBehind}-${end !== undefined}`,
        text: `SELECT "key", "revision", "body", "sealed" FROM "${table}"
          WHERE "key" ${isBehind ? ">" : ">="} $1 ${before} ORDER BY "key"
          LIMIT $${end === undefined ? 2 : 3}`,
      },
      end === undefined ? [from, rowsPerPage] : [from, end, rowsPerPage],
    );
  }

  async #entries(table: string, page: readonly Columns[]) {
    const entries = new Map<string, (readonly [string, string])[]>();
    const [first, last] = [page[0], page.at(-1)];
    if (first === undefined || last === undefined) return entries;
    const found = await this.#queries.all<Entry>(
      {
        name: `raw-entries-${table}`,
        text: `SELECT "key", "name", "value" FROM "${table}_index"
          WHERE "key" >= $1 AND "key" <= $2 ORDER BY "key", "name", "value"`,
      },
      [first.key, last.key],
    );
    for (const { key, name, value } of found) {
      const own = entries.get(key) ?? [];
      entries.set(key, own);
      own.push([name, value]);
    }
    return entries;
  }
}
