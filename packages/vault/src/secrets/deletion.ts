/** DeleteSecret and RestoreSecret: a secret goes after its recovery window, or at once. */
import type { Randomness } from "../clock.ts";
import { retryOnConflict } from "../storage/storage.ts";
import { alreadyScheduled } from "./errors.ts";
import { deletable, existing, latest, notReplica } from "./presence.ts";
import { purge } from "./purge.ts";
import { putSecret, type SecretPermit, type SecretRecord } from "./records.ts";
import { isWholeArn, newSecretArn } from "./secret-id.ts";
import type { Stores } from "./stores.ts";

const dayMilliseconds = 86_400_000;

export interface Deleted {
  readonly arn: string;
  readonly name: string;
  /** When it is gone for good, in milliseconds since the epoch. */
  readonly deletionDate: number;
}

/** Throws where it is scheduled already: the first caller's window stands. */
export async function scheduleDeletion(
  { storage, clock }: Stores,
  permit: SecretPermit<"DeleteSecret">,
  recoveryWindowInDays: number,
): Promise<Deleted> {
  const located = existing(permit.resource);
  return retryOnConflict(async () => {
    const now = clock.now();
    const row = await latest(storage, located, now);
    if (deletable(row.body).deletedDate !== undefined) throw alreadyScheduled();
    const deletedDate = now + recoveryWindowInDays * dayMilliseconds;
    await storage.commit([putSecret({ ...row.body, deletedDate, lastChangedDate: now }, row)]);
    return { arn: located.arn, name: located.name, deletionDate: deletedDate };
  });
}

/**
 * Gone with the reply, also within a recovery window. Like AWS it does not complain where there
 * is nothing to delete.
 */
export async function deleteAtOnce(
  { storage, clock }: Stores,
  randomness: Randomness,
  permit: SecretPermit<"DeleteSecret">,
): Promise<Deleted> {
  const { record, scope, name, arn } = permit.resource;
  const deletionDate = clock.now();
  if (record === undefined) {
    const named = isWholeArn(arn) ? arn : newSecretArn(scope, name, randomness);
    return { arn: named, name, deletionDate };
  }
  const gone = await retryOnConflict(async () => {
    const row = await latest(storage, record, deletionDate);
    deletable(row.body);
    await storage.commit([putSecret({ ...row.body, deletedDate: deletionDate }, row)]);
    return row;
  });
  // It reads as gone from that commit on; a crash here leaves the rest to the sweep.
  await purge(storage, gone, deletionDate);
  return { arn: record.arn, name, deletionDate };
}

/** Does nothing to a secret that is not scheduled for deletion. */
export async function restoreSecret(
  { storage, clock }: Stores,
  permit: SecretPermit<"RestoreSecret">,
): Promise<SecretRecord> {
  const located = existing(permit.resource);
  return retryOnConflict(async () => {
    const now = clock.now();
    const row = await latest(storage, located, now);
    if (notReplica(row.body).deletedDate === undefined) return row.body;
    const { deletedDate: _, ...kept } = row.body;
    const restored = { ...kept, lastChangedDate: now };
    await storage.commit([putSecret(restored, row)]);
    return restored;
  });
}
