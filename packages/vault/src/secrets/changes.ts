/** PutSecretValue and UpdateSecret: a new version, new labels, new metadata, in one commit. */
import { type Row, retryOnConflict } from "../storage/storage.ts";
import { type ReplicaKey, sealCopies } from "./copies.ts";
import { tooManyStages } from "./errors.ts";
import { isRepeated } from "./idempotency.ts";
import { existing, isReplica, latest, notScheduled, writable } from "./presence.ts";
import {
  putSecret,
  putVersion,
  type SealedVersion,
  type SecretPermit,
  type SecretRecord,
} from "./records.ts";
import { primaryOf } from "./replicas.ts";
import { rescheduled } from "./rotation.ts";
import { saveSecret } from "./saving.ts";
import { type NewVersion, type Reseal, resealVersion, sealVersion } from "./sealing.ts";
import type { Stores } from "./stores.ts";
import { hurried, requireTypeFree } from "./under-way.ts";
import {
  attach,
  current,
  detach,
  labelsOf,
  pending,
  type Stages,
  stagesMax,
  versionAt,
} from "./versions.ts";

/** What changes; what is undefined stays. */
export interface SecretChange {
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  /** "" stands for the AWS managed key. */
  readonly kmsKeyId?: string | undefined;
  readonly version?: NewVersion | undefined;
  /** The labels that move to the new version; AWSCURRENT if undefined. */
  readonly labels?: readonly string[] | undefined;
  /** Versions that move to the new key with the same commit. */
  readonly reseal?: readonly Reseal[] | undefined;
  /** What seals the new version for the replicas that there are. */
  readonly replicaKeys?: readonly ReplicaKey[] | undefined;
}

/** The secret after the change. A version that was put before in the same way changes nothing. */
export async function changeSecret(
  { storage, keys, clock }: Stores,
  permit: SecretPermit<"PutSecretValue" | "UpdateSecret">,
  change: SecretChange,
): Promise<SecretRecord> {
  const located = existing(permit.resource);
  const { arn } = located;
  const now = clock.now();
  const version = change.version && (await sealVersion(keys, arn, change.version, now));
  const copied = change.version === undefined ? [] : [{ ...change.version, createdDate: now }];
  const copies = await sealCopies(keys, arn, copied, change.replicaKeys ?? []);
  const resealed = await Promise.all(
    (change.reseal ?? []).map((each) => resealVersion(keys, arn, each)),
  );
  return retryOnConflict(async () => {
    const row = await latest(storage, located, now);
    const before = isKeyAlone(change) ? notScheduled(row.body) : writable(row.body);
    if (version !== undefined && (await isRepeated(storage, before, version))) return before;
    const after = changedBy(before, change, version, now);
    if (after.type !== before.type) await requireTypeFree(storage, before);
    // A version that loses its last label with this change stays as it is, or goes.
    const moved = resealed.filter(({ body }) => labelsOf(after.stages, body.versionId).length > 0);
    if (isReplica(before)) return saveReplica(row, after, moved);
    const versions = version === undefined ? moved : [...moved, version];
    const versionId = version?.body.versionId;
    const alongside = await hurried(storage, { before, after, versionId }, now);
    return saveSecret(storage, row, after, now, { versions, copies, alongside });
  });

  /** A replica's key is its own, and its primary tells of it. */
  async function saveReplica(
    row: Row<SecretRecord>,
    after: SecretRecord,
    moved: readonly SealedVersion[],
  ): Promise<SecretRecord> {
    const primary = await primaryOf(storage, after);
    const replicas = primary?.body.replicas?.map((replica) =>
      replica.region === after.region ? { ...replica, kmsKeyId: after.kmsKeyId } : replica,
    );
    await storage.commit([
      putSecret(after, row),
      ...moved.map((each) => putVersion(after, each)),
      ...(primary === undefined ? [] : [putSecret({ ...primary.body, replicas }, primary)]),
    ]);
    return after;
  }
}

/** All that a replica may be changed in. */
function isKeyAlone({ description, type, version, kmsKeyId }: SecretChange): boolean {
  const others = [description, type, version];
  return kmsKeyId !== undefined && others.every((each) => each === undefined);
}

function changedBy(
  before: SecretRecord,
  { description, type, kmsKeyId, labels }: SecretChange,
  version: SealedVersion | undefined,
  now: number,
): SecretRecord {
  const stages =
    version === undefined
      ? before.stages
      : attach(before.stages, version.body.versionId, labels ?? [current]);
  if (Object.keys(stages).length > stagesMax) throw tooManyStages(stagesMax);
  const isNewValue = stages[current] !== before.stages[current];
  const isRotated = isNewValue && before.rotation !== undefined;
  return {
    ...before,
    description: description === undefined ? before.description : description || undefined,
    type: type === undefined ? before.type : type || undefined,
    kmsKeyId: kmsKeyId === undefined ? before.kmsKeyId : kmsKeyId || undefined,
    stages: isRotated ? withoutAbandoned(stages) : stages,
    ...(isNewValue && before.rotation && { rotation: rescheduled(before.rotation, now) }),
    lastChangedDate: now,
  };
}

/**
 * A value that is put by hand takes the place of the one that a rotation has begun with: AWS takes
 * AWSPENDING from that, so that the next rotation can begin.
 */
function withoutAbandoned(stages: Stages): Stages {
  return versionAt(stages, pending) === versionAt(stages, current)
    ? stages
    : detach(stages, pending);
}
