/** Notes who read what in the groups of a trail from before the second version of its tables. */
import type { Session, Statement } from "../../postgres/database.ts";
import type { Chain } from "../chain.ts";
import { carriedOverMilliseconds, ReadsOfGroups } from "../reads-of-groups.ts";
import { noting } from "../sql/secret-reads.ts";

interface Group {
  readonly chain: Chain;
  readonly number: number;
  readonly lines: Uint8Array;
}

const groupsAtOnce = 200;

const lateGroups: Statement = {
  name: "audit_late_groups",
  text: `SELECT "chain", "number", "lines" FROM "audit_groups"
    WHERE ("chain", "number") > ($1, $2) AND "until_time" >=
      (SELECT max("until_time") FROM "audit_groups") - ${carriedOverMilliseconds}
    ORDER BY "chain", "number" LIMIT ${groupsAtOnce}`,
};

/** Only inside a transaction. */
export async function carryOverReads(session: Session): Promise<void> {
  const reads = new ReadsOfGroups();
  let [chain, number] = [-1, -1];
  for (;;) {
    const groups = await session.all<Group>(lateGroups, [chain, number]);
    for (const group of groups) {
      for (const read of reads.of(group)) {
        const { statement, values } = noting(group.chain, read);
        await session.all(statement, values);
      }
      ({ chain, number } = group);
    }
    if (groups.length < groupsAtOnce) return;
  }
}
