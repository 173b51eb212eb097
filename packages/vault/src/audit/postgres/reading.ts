/** Reads the evidence of a trail in PostgreSQL, while nodes go on writing to it. */
import type { PostgresDatabase } from "../../postgres/database.ts";
import { type Evidence, evidenceOf } from "../evidence.ts";

/** Gives `use` one snapshot of the trail, which lasts until its promise has settled. */
export function readingPostgres<Result>(
  database: PostgresDatabase,
  use: (evidence: AsyncIterable<Evidence>) => Promise<Result>,
): Promise<Result> {
  return database.transaction((session) => use(evidenceOf(session)), { isSnapshot: true });
}
