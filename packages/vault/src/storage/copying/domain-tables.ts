/** Which tables a vault's copy consists of: those of the domain as this program's schema has them. */
import { DatabaseSync } from "node:sqlite";
import { migrations } from "../migrations/migrations.ts";
import { migrate } from "../sqlite/migrate.ts";

/**
 * Belongs to a running deployment and not to the vault: a lease that came along would name a
 * holder who is not there.
 */
const ofDeployment = "leases";

/** In the order of their names; the migrations know them best. */
export function domainTables(): readonly string[] {
  const database = new DatabaseSync(":memory:");
  try {
    migrate(database, migrations);
    const found = database
      .prepare(
        `SELECT "name" FROM "sqlite_master" t WHERE "type" = 'table' AND EXISTS
          (SELECT 1 FROM "sqlite_master" WHERE "name" = t."name" || '_index') ORDER BY "name"`,
      )
      .all();
    return found.map(({ name }) => String(name)).filter((name) => name !== ofDeployment);
  } finally {
    database.close();
  }
}
