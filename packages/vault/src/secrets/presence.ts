/** Whether there is such a secret, and whether it may be used: asked before everything else. */
import type { Row, Storage } from "../storage/storage.ts";
import { markedForDeletion, secretNotFound } from "./errors.ts";
import { type SecretRecord, type SecretResource, secretKey, secretTable } from "./records.ts";

/** Whether the recovery window is over: to all readers there is no such secret any more. */
export function isGone(record: SecretRecord, now: number): boolean {
  return record.deletedDate !== undefined && record.deletedDate <= now;
}

/** The secret that was located; throws where there is none. */
export function existing({ record }: SecretResource): SecretRecord {
  if (record === undefined) throw secretNotFound();
  return record;
}

/** The same secret as it is now; throws where it is gone or another one has its name. */
export async function latest(
  storage: Storage,
  located: SecretRecord,
  now: number,
): Promise<Row<SecretRecord>> {
  const row = await storage.get(secretTable, secretKey(located, located.name));
  if (row?.body.arn !== located.arn || isGone(row.body, now)) throw secretNotFound();
  return row;
}

/** Throws for a secret that is scheduled for deletion. */
export function notScheduled(record: SecretRecord): SecretRecord {
  if (record.deletedDate !== undefined) throw markedForDeletion();
  return record;
}
