/** Reads the evidence of a trail in an SQLite file, also while a vault goes on writing to it. */
import { DatabaseSync } from "node:sqlite";
import { type Evidence, evidenceOf } from "../evidence.ts";
import { requireCurrentSchema } from "./schema.ts";
import { SqliteQueries } from "./sqlite-queries.ts";

/** Gives `use` one snapshot of the trail. Throws if the file holds none. */
export async function readingSqlite<Result>(
  path: string,
  use: (evidence: AsyncIterable<Evidence>) => Promise<Result>,
): Promise<Result> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec("PRAGMA busy_timeout = 5000; BEGIN");
    requireCurrentSchema(database);
    return await use(evidenceOf(new SqliteQueries(database)));
  } finally {
    database.close();
  }
}
