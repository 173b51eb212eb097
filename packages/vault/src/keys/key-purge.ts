/**
 * The end of a key. When its waiting period is over it reads as gone at once; here it goes for
 * good, in batches, so that a key with thousands of grants holds up nobody and a crash in between
 * leaves nothing but work for the next sweep. Its material goes first: nothing opens again.
 */
import { retryOnConflict, type Storage, type Table } from "../storage/storage.ts";
import { aliasRow } from "./alias-directory.ts";
import { grantTable } from "./grants/grant-record.ts";
import {
  aliasTable,
  deletionIndex,
  isGone,
  type KeyRecord,
  keyTable,
  keyVersionTable,
  putKey,
  versionsPrefix,
} from "./key-record.ts";

const keysPerSweep = 100;
const rowsPerBatch = 500;
const longOver = 0;

/** Purges every key, of every account, whose waiting period is over. */
export async function purgeDeleted(storage: Storage, now: number): Promise<void> {
  for (;;) {
    const range = { prefix: "", limit: keysPerSweep };
    const earliest = await storage.listByIndex(keyTable, deletionIndex, range);
    const due = earliest.filter(({ body }) => isGone(body, now));
    for (const { key } of due) await purge(storage, key, now);
    if (due.length < keysPerSweep) return;
  }
}

async function purge(storage: Storage, key: string, now: number): Promise<void> {
  const body = await condemned(storage, key, now);
  if (body === undefined) return;
  const prefix = versionsPrefix(body);
  await deleteAll(storage, keyVersionTable, prefix);
  await deleteAll(storage, grantTable, prefix);
  await retryOnConflict(async () => {
    const names = body.aliases.map((name) => aliasRow(body, name));
    const aliases = await storage.getMany(aliasTable, names);
    await storage.commit([
      { type: "delete", table: keyTable, key },
      // A name may have been given to another key since the waiting period ended.
      ...aliases
        .filter((alias) => alias?.body.targetKeyId === body.keyId)
        .map((alias) => ({
          type: "delete" as const,
          table: aliasTable,
          key: alias?.key ?? "",
          expect: alias?.revision,
        })),
    ]);
  });
}

/**
 * The key that is to go for good: over by every node's clock from here on, so that none cancels what
 * has begun. undefined where a node whose clock is behind has cancelled it.
 */
function condemned(storage: Storage, key: string, now: number): Promise<KeyRecord | undefined> {
  return retryOnConflict(async () => {
    const row = await storage.get(keyTable, key);
    if (row === undefined || !isGone(row.body, now)) return undefined;
    if (row.body.deletionAt !== longOver) {
      await storage.commit([putKey({ ...row.body, deletionAt: longOver }, row.revision)]);
    }
    return row.body;
  });
}

async function deleteAll(storage: Storage, table: Table<unknown>, prefix: string): Promise<void> {
  for (;;) {
    const rows = await storage.list(table, { prefix, limit: rowsPerBatch });
    if (rows.length > 0) {
      await storage.commit(rows.map(({ key }) => ({ type: "delete" as const, table, key })));
    }
    if (rows.length < rowsPerBatch) return;
  }
}
