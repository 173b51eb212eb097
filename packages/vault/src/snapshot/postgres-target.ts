/**
 * A PostgreSQL database that gets a vault's rows and trail in one transaction: all of it is there
 * at once, or nothing.
 */
import { copyToPostgres, prepareTrail } from "../audit/postgres/copying.ts";
import { openPostgresDatabase, type Queries } from "../postgres/database.ts";
import { migratePostgres } from "../postgres/migrate.ts";
import { readPostgres, writePostgres } from "../storage/copying/raw-postgres.ts";
import { migrations } from "../storage/migrations/migrations.ts";
import { fill, type History } from "./fill.ts";
import { type Place, placeName } from "./place.ts";
import type { SnapshotHead, SnapshotRecord } from "./records.ts";
import { SnapshotError } from "./snapshot-error.ts";

export async function fillPostgres(
  place: Place & { readonly type: "postgres" },
  records: AsyncIterable<SnapshotRecord>,
  history: History,
): Promise<SnapshotHead> {
  const database = await openPostgresDatabase(place);
  try {
    await migratePostgres(database, migrations, "schema_version");
    await prepareTrail(database);
    return await database.transaction(async (queries) => {
      await requireEmpty(place, queries);
      return fill(records, history, {
        async beginRows({ schemaVersion }) {
          requireCurrent(schemaVersion);
          return writePostgres(queries);
        },
        takeTrail: (evidence) => copyToPostgres(queries, evidence),
      });
    });
  } finally {
    await database.close();
  }
}

/** No node commits before this transaction has ended. */
async function requireEmpty(place: Place, queries: Queries): Promise<void> {
  const text = `SELECT "value" FROM "change_counter" FOR UPDATE`;
  await queries.all({ name: "lock change_counter", text });
  const raw = await readPostgres(queries);
  const found: string[] = [];
  for (const table of raw.tables) {
    for await (const _ of raw.rows(table)) {
      found.push(table);
      break;
    }
  }
  if (raw.changeCounter === 0 && found.length === 0) return;
  throw new SnapshotError(
    `${placeName(place)} is not empty: it has rows in ${found.join(", ") || "no table any more"}`,
    "give a database that holds no vault; nothing was changed",
  );
}

/** The first steps of the schema only make tables there: they bring no rows along. */
function requireCurrent(schemaVersion: number): void {
  const newest = migrations.at(-1)?.version ?? 0;
  if (schemaVersion === newest) return;
  throw new SnapshotError(
    `the vault has schema version ${schemaVersion}, and PostgreSQL takes ${newest}`,
    "bring it to a data folder first and start it there once",
  );
}
