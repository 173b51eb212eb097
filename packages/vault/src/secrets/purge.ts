/**
 * The end of a secret. When its recovery window is over it reads as gone at once; here it goes
 * for good, versions first and in batches, so that a secret with thousands of versions holds up
 * nobody and a crash in between leaves nothing but work for the next sweep.
 */
import { rotationTable } from "../rotation/run.ts";
import { type Row, retryOnConflict, type Storage } from "../storage/storage.ts";
import { isGone } from "./presence.ts";
import {
  putSecret,
  type SecretRecord,
  secretTable,
  versionsPrefix,
  versionTable,
} from "./records.ts";

/** 64 values of 64 KB are 4 MB in memory. */
const versionsPerBatch = 64;
const secretsPerSweep = 100;

/**
 * Removes a secret that is gone, and all its versions. Safe to run by many at once. Does nothing
 * where it isn't gone: a node whose clock is behind may have restored it meanwhile.
 */
export async function purge(
  storage: Storage,
  { key, body }: Row<SecretRecord>,
  now: number,
): Promise<void> {
  for (let isDone = false; !isDone; ) {
    isDone = await retryOnConflict(async () => {
      const latest = await storage.get(secretTable, key);
      // Somebody else purged it first, and the name may be another secret's by now.
      if (latest?.body.arn !== body.arn || !isGone(latest.body, now)) return true;
      return purgeBatch(storage, latest);
    });
  }
}

/** Purges every secret, of every account, whose window is over. Resolves with how many. */
export async function purgeExpired(storage: Storage, now: number): Promise<number> {
  for (let purged = 0; ; ) {
    const range = { prefix: "", limit: secretsPerSweep };
    const earliest = await storage.listByIndex(secretTable, "deleted-date", range);
    const due = earliest.filter(({ body }) => isGone(body, now));
    for (const row of due) await purge(storage, row, now);
    purged += due.length;
    if (due.length < secretsPerSweep) return purged;
  }
}

async function purgeBatch(storage: Storage, row: Row<SecretRecord>): Promise<boolean> {
  const range = { prefix: versionsPrefix(row.body), limit: versionsPerBatch };
  const versions = await storage.list(versionTable, range);
  const isLast = versions.length < versionsPerBatch;
  const secret = {
    type: "delete",
    table: secretTable,
    key: row.key,
    expect: row.revision,
  } as const;
  const rotation = { type: "delete", table: rotationTable, key: row.key } as const;
  await storage.commit([
    ...versions.map(({ key }) => ({ type: "delete" as const, table: versionTable, key })),
    // Over by every node's clock: none restores what is left.
    ...(isLast ? [secret, rotation] : [putSecret({ ...row.body, deletedDate: 0 }, row)]),
  ]);
  return isLast;
}
