/** Whether there is such a secret, and whether it may be used: asked before everything else. */
import type { Row, Storage } from "../storage/storage.ts";
import { hasReplicas, markedForDeletion, notOnReplica, secretNotFound } from "./errors.ts";
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

/** A replica is changed through its primary. */
export function isReplica({ primaryRegion, region }: SecretRecord): boolean {
  return primaryRegion !== undefined && primaryRegion !== region;
}

/** Throws for a replica. */
export function notReplica(record: SecretRecord): SecretRecord {
  if (isReplica(record)) throw notOnReplica();
  return record;
}

/** Throws for a secret that can't be changed where it is, or not now. */
export function writable(record: SecretRecord): SecretRecord {
  return notScheduled(notReplica(record));
}

/** Throws for what still has replicas, and for a replica: only their primary lets go of them. */
export function deletable(record: SecretRecord): SecretRecord {
  const { arn, replicas = [] } = notReplica(record);
  if (replicas.length > 0) {
    throw hasReplicas(
      arn,
      replicas.map(({ region }) => region),
    );
  }
  return record;
}
