/** Reads the evidence of a trail in an SQLite file, also while a vault goes on writing to it. */
import { DatabaseSync } from "node:sqlite";
import { type Evidence, evidenceOf } from "../evidence.ts";
import { requireCurrentSchema } from "./schema.ts";
import { SqliteQueries } from "./sqlite-queries.ts";

/** One snapshot of the trail, from the first record on. Throws if the file holds none. */
export async function* evidenceIn(path: string): AsyncGenerator<Evidence> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec("PRAGMA busy_timeout = 5000; BEGIN");
    requireCurrentSchema(database);
    yield* evidenceOf(new SqliteQueries(database));
  } finally {
    database.close();
  }
}
