/** PutSecretValue and UpdateSecret: a new version, new labels, new metadata, in one commit. */
import { retryOnConflict } from "../storage/storage.ts";
import { limitExceeded } from "./errors.ts";
import { isRepeated } from "./idempotency.ts";
import { existing, latest, notScheduled } from "./presence.ts";
import { prunable } from "./pruning.ts";
import {
  putSecret,
  putVersion,
  type SealedVersion,
  type SecretPermit,
  type SecretRecord,
  versionTable,
} from "./records.ts";
import { type NewVersion, type Reseal, resealVersion, sealVersion } from "./sealing.ts";
import type { Stores } from "./stores.ts";
import { attach, current, labelsOf, stagesMax } from "./versions.ts";

/** What changes; what is undefined stays. */
export interface SecretChange {
  readonly description?: string | undefined;
  /** "" stands for the AWS managed key. */
  readonly kmsKeyId?: string | undefined;
  readonly version?: NewVersion | undefined;
  /** The labels that move to the new version; AWSCURRENT if undefined. */
  readonly labels?: readonly string[] | undefined;
  /** Versions that move to the new key with the same commit. */
  readonly reseal?: readonly Reseal[] | undefined;
}

/** The secret after the change. A version that was put before in the same way changes nothing. */
export async function changeSecret(
  { storage, keys, clock }: Stores,
  permit: SecretPermit<"PutSecretValue" | "UpdateSecret">,
  change: SecretChange,
): Promise<SecretRecord> {
  const located = existing(permit.resource);
  const now = clock.now();
  const version = change.version && (await sealVersion(keys, located.arn, change.version, now));
  const resealed = await Promise.all(
    (change.reseal ?? []).map((each) => resealVersion(keys, located.arn, each)),
  );
  return retryOnConflict(async () => {
    const row = await latest(storage, located, now);
    const before = notScheduled(row.body);
    if (version !== undefined && (await isRepeated(storage, before, version))) return before;
    const changed = changedBy(before, change, version, now);
    const old = await prunable(storage, changed, now);
    const after = { ...changed, versionCount: changed.versionCount - old.length };
    // A version that loses its last label with this change stays as it is, or goes.
    const moved = resealed.filter(({ body }) => labelsOf(after.stages, body.versionId).length > 0);
    const put = version === undefined ? moved : [...moved, version];
    await storage.commit([
      putSecret(after, row),
      ...put.map((each) => putVersion(after, each)),
      ...old.map(({ key, revision }) => ({
        type: "delete" as const,
        table: versionTable,
        key,
        expect: revision,
      })),
    ]);
    return after;
  });
}

function changedBy(
  before: SecretRecord,
  { description, kmsKeyId, labels }: SecretChange,
  version: SealedVersion | undefined,
  now: number,
): SecretRecord {
  const stages =
    version === undefined
      ? before.stages
      : attach(before.stages, version.body.versionId, labels ?? [current]);
  if (Object.keys(stages).length > stagesMax) {
    throw limitExceeded(`A secret can't have more than ${stagesMax} staging labels.`);
  }
  return {
    ...before,
    description: description === undefined ? before.description : description || undefined,
    kmsKeyId: kmsKeyId === undefined ? before.kmsKeyId : kmsKeyId || undefined,
    stages,
    versionCount: before.versionCount + (version === undefined ? 0 : 1),
    lastChangedDate: now,
  };
}
