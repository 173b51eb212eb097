/**
 * The end of a secret. When its recovery window is over it reads as gone at once; here it goes
 * for good, versions first and in batches, so that a secret with thousands of versions holds up
 * nobody and a crash in between leaves nothing but work for the next sweep.
 */
import { type Row, retryOnConflict, type Storage } from "../storage/storage.ts";
import { isGone } from "./presence.ts";
import { type SecretRecord, secretTable, versionsPrefix, versionTable } from "./records.ts";

/** 64 values of 64 KB are 4 MB in memory. */
const versionsPerBatch = 64;
const secretsPerSweep = 100;

/** Removes a secret that is gone, and all its versions. Safe to run by many at once. */
export async function purge(storage: Storage, row: Row<SecretRecord>): Promise<void> {
  await retryOnConflict(async () => {
    const latest = await storage.get(secretTable, row.key);
    // Somebody else purged it first, and the name may be another secret's by now.
    if (latest?.body.arn !== row.body.arn) return;
    for (let isDone = false; !isDone; ) isDone = await purgeBatch(storage, latest);
  });
}

/** Purges every secret, of every account, whose window is over. Resolves with how many. */
export async function purgeExpired(storage: Storage, now: number): Promise<number> {
  for (let purged = 0; ; ) {
    const range = { prefix: "", limit: secretsPerSweep };
    const earliest = await storage.listByIndex(secretTable, "deleted-date", range);
    const due = earliest.filter(({ body }) => isGone(body, now));
    for (const row of due) await purge(storage, row);
    purged += due.length;
    if (due.length < secretsPerSweep) return purged;
  }
}

async function purgeBatch(storage: Storage, row: Row<SecretRecord>): Promise<boolean> {
  const range = { prefix: versionsPrefix(row.body), limit: versionsPerBatch };
  const versions = await storage.list(versionTable, range);
  const isLast = versions.length < versionsPerBatch;
  await storage.commit([
    ...versions.map(({ key }) => ({ type: "delete" as const, table: versionTable, key })),
    {
      type: isLast ? ("delete" as const) : ("require" as const),
      table: secretTable,
      key: row.key,
      expect: row.revision,
    },
  ]);
  return isLast;
}
