/** Notes who read what in the groups of a trail from before schema version 6. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Chain } from "../chain.ts";
import { carriedOverMilliseconds, ReadsOfGroups } from "../reads-of-groups.ts";
import { noting } from "../sql/secret-reads.ts";
import { SqliteQueries } from "./sqlite-queries.ts";

/** Only inside a transaction. */
export function carryOverReads(database: DatabaseSync): void {
  const queries = new SqliteQueries(database);
  const reads = new ReadsOfGroups();
  const groups = database.prepare(
    `SELECT "chain", "lines" FROM "audit_groups" WHERE "until_time" >=
       (SELECT max("until_time") FROM "audit_groups") - ${carriedOverMilliseconds}
     ORDER BY "chain", "number"`,
  );
  for (const row of groups.iterate()) {
    const { chain, lines } = row as { chain: Chain; lines: Uint8Array };
    for (const read of reads.of({ chain, lines })) {
      const { statement, values } = noting(chain, read);
      queries.run(statement, ...(values as SQLInputValue[]));
    }
  }
}
