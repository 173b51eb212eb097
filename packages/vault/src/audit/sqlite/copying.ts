/** Writes a trail's evidence into a new SQLite file. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { makePrivateFile } from "../../private-file.ts";
import { writeEvidence } from "../copying.ts";
import type { Evidence } from "../evidence.ts";
import { prepareSchema } from "./schema.ts";
import { SqliteQueries } from "./sqlite-queries.ts";
import { writeGroup } from "./write-group.ts";

/** All or nothing. Throws if the file at `path` holds a trail already. */
export async function copyToSqlite(path: string, evidence: AsyncIterable<Evidence>): Promise<void> {
  const database = new DatabaseSync(makePrivateFile(path));
  try {
    prepareSchema(database);
    const queries = new SqliteQueries(database);
    if (database.prepare(`SELECT 1 FROM "audit_groups" LIMIT 1`).get() !== undefined) {
      throw new Error("There is an audit trail already");
    }
    database.exec("BEGIN IMMEDIATE");
    await writeEvidence(evidence, {
      writeGroup: async (group) => writeGroup(queries, group),
      write: async ({ statement, values }) =>
        queries.run(statement, ...(values as SQLInputValue[])),
    });
    database.exec("COMMIT");
  } finally {
    database.close();
  }
}
