/** Writes a trail's evidence into a PostgreSQL database that has the storage's tables. */
import type { PostgresDatabase, Queries } from "../../postgres/database.ts";
import { migratePostgres } from "../../postgres/migrate.ts";
import { writeEvidence } from "../copying.ts";
import type { Evidence } from "../evidence.ts";
import { steps, versionTable } from "./schema.ts";
import { writeGroup } from "./write-group.ts";

const anyTrail = {
  name: "audit_any_trail",
  text: `SELECT 1 FROM "audit_chains" LIMIT 1`,
};

/** Makes the tables where they are missing. */
export function prepareTrail(database: PostgresDatabase): Promise<void> {
  return migratePostgres(database, steps, versionTable);
}

/** Only inside a transaction. Throws if a node has begun a trail there already. */
export async function copyToPostgres(
  session: Queries,
  evidence: AsyncIterable<Evidence>,
): Promise<void> {
  if ((await session.all(anyTrail)).length > 0) {
    throw new Error("There is an audit trail already");
  }
  await writeEvidence(evidence, {
    writeGroup: (group) => writeGroup(session, group),
    write: ({ statement, values }) => session.all(statement, values),
  });
}
