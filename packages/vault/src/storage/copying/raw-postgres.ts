/** Raw rows of a PostgreSQL database, within a transaction that its caller holds. */
import type { Queries } from "../../postgres/database.ts";
import { readRaw } from "./raw-reader.ts";
import type { RawDatabase, RawRow, RawWriter } from "./raw-rows.ts";

/** `queries` are of one transaction that sees a snapshot. */
export async function readPostgres(queries: Queries): Promise<RawDatabase> {
  return readRaw(queries, await tablesOf(queries));
}

/** Into tables that this program's migrations made, and that nobody else writes to meanwhile. */
export function writePostgres(queries: Queries): RawWriter {
  return new PostgresWriter(queries);
}

class PostgresWriter implements RawWriter {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async insert(table: string, rows: readonly RawRow[]): Promise<void> {
    await this.#queries.all(
      {
        name: `raw-insert-${table}`,
        text: `INSERT INTO "${table}" ("key", "revision", "body", "sealed")
          SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bytea[])`,
      },
      [
        rows.map(({ key }) => key),
        rows.map(({ revision }) => revision),
        rows.map(({ body }) => body),
        rows.map(({ sealed }) => sealed),
      ],
    );
    const entries = rows.flatMap(({ key, indexes }) =>
      indexes.map(([name, value]) => ({ name, value, key })),
    );
    if (entries.length === 0) return;
    await this.#queries.all(
      {
        name: `raw-insert-${table}-index`,
        text: `INSERT INTO "${table}_index" ("name", "value", "key")
          SELECT * FROM unnest($1::text[], $2::text[], $3::text[])`,
      },
      [
        entries.map(({ name }) => name),
        entries.map(({ value }) => value),
        entries.map(({ key }) => key),
      ],
    );
  }

  async replace(table: string, row: RawRow): Promise<void> {
    for (const each of [`${table}_index`, table]) {
      const text = `DELETE FROM "${each}" WHERE "key" = $1`;
      await this.#queries.all({ name: `raw-delete-${each}`, text }, [row.key]);
    }
    await this.insert(table, [row]);
  }

  async setChangeCounter(counter: number): Promise<void> {
    // What was touched on the way there is not known here.
    const text = `UPDATE "change_counter" SET "value" = $1, "horizon" = $1`;
    await this.#queries.all({ name: "raw-set-change-counter", text }, [counter]);
  }
}

async function tablesOf(queries: Queries): Promise<string[]> {
  const found = await queries.all<{ name: string }>({
    name: "raw-tables",
    text: `SELECT "tablename" AS "name" FROM "pg_tables" WHERE "schemaname" = current_schema()`,
  });
  return found.map(({ name }) => name);
}
