/** Whether all that fell due was done, and once: by the feed, the webhook, the keys and the rows. */

import { asRoot } from "../../harness/aws-clients.ts";
import type { ClusterNode } from "../../harness/cluster.ts";
import type { Heard } from "../../harness/feed-listener.ts";
import { sql } from "../../harness/sql.ts";
import type { DueWork } from "./due-work.ts";
import type { DeliveredNotice } from "./webhook.ts";

/** What was done never, or more than once; empty where all is well. */
export async function wronglyDone(
  work: DueWork,
  heard: readonly Heard[],
  node: ClusterNode,
  database: string,
): Promise<string[]> {
  const counts = countsOf(heard);
  const told = [
    ...work.parameters.map((name) => `notice Expiration ${name}`),
    ...work.parameters.map((name) => `change deleted ${name}`),
    ...work.tokens.map((name) => `notice Expiration ${name}`),
    ...work.purged.map((name) => `change deleted ${name}`),
  ];
  const wrong = told
    .filter((what) => counts.get(what) !== 1)
    .map((what) => `${what}: ${counts.get(what) ?? 0} times`);
  return [...wrong, ...(await wrongKeys(work, node)), ...(await leftRows(work, database))];
}

/** Notices that the receiver did not get, or got under two ids. How many came again is told. */
export function wronglyDelivered(
  work: DueWork,
  delivered: readonly DeliveredNotice[],
): { readonly wrong: string[]; readonly again: number } {
  const ids = new Map<string, Set<string>>();
  for (const { kind, arn, time, id } of delivered) {
    const known = ids.get(`${kind} ${nameIn(arn)} ${time}`) ?? new Set();
    ids.set(`${kind} ${nameIn(arn)} ${time}`, known.add(id));
  }
  const expired = new Set([...ids.keys()].map((key) => key.split(" ").slice(0, 2).join(" ")));
  const never = [...work.parameters, ...work.tokens]
    .filter((name) => !expired.has(`Expiration ${name}`))
    .map((name) => `the webhook never heard that ${name} expired`);
  const twice = [...ids]
    .filter(([, each]) => each.size > 1)
    .map(([notice, each]) => `the webhook heard ${notice} under ${each.size} ids`);
  const all = [...ids.values()].reduce((sum, each) => sum + each.size, 0);
  return { wrong: [...never, ...twice], again: delivered.length - all };
}

function nameIn(arn: string): string {
  const [, , service, , , ...rest] = arn.split(":");
  return service === "ssm"
    ? rest.join(":").replace(/^parameter/, "")
    : (rest[1] ?? "").replace(/-\w{6}$/, "");
}

function countsOf(heard: readonly Heard[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { event, data } of heard) {
    const what = `${event} ${data.kind} ${data.name}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}

async function wrongKeys(work: DueWork, node: ClusterNode): Promise<string[]> {
  const { kms } = asRoot(node.vault);
  const wrong: string[] = [];
  for (const KeyId of work.rotatedKeys) {
    const { Rotations = [] } = await kms.listKeyRotations({ KeyId });
    if (Rotations.length !== 1) wrong.push(`key ${KeyId} rotated ${Rotations.length} times`);
  }
  for (const KeyId of work.deletedKeys) {
    const isThere = await kms.describeKey({ KeyId }).then(
      () => true,
      () => false,
    );
    if (isThere) wrong.push(`key ${KeyId} is still there`);
  }
  return wrong;
}

/** Of what was purged nothing is left in the database. */
async function leftRows(work: DueWork, database: string): Promise<string[]> {
  const names = [...work.purged, ...work.deletedKeys];
  const rows = await sql<{ key: string }>(
    database,
    `SELECT "key" FROM (
      SELECT "key" FROM "secrets" UNION ALL SELECT "key" FROM "secret_versions"
      UNION ALL SELECT "key" FROM "keys" UNION ALL SELECT "key" FROM "key_versions"
    ) AS "all_rows" WHERE "key" LIKE ANY ($1)`,
    [names.map((name) => `%/${name}%`)],
  );
  return rows.map(({ key }) => `a row is left: ${key}`);
}
