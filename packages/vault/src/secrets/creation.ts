/** CreateSecret: a name comes to be, with a first version or without. */
import { type Row, retryOnConflict, type Storage } from "../storage/storage.ts";
import { nameScheduledForDeletion, secretExists } from "./errors.ts";
import { isRepeated } from "./idempotency.ts";
import { isGone } from "./presence.ts";
import { purge } from "./purge.ts";
import {
  putSecret,
  putVersion,
  type SealedVersion,
  type SecretPermit,
  type SecretRecord,
  secretKey,
  secretTable,
} from "./records.ts";
import { type ReplicationRequest, withReplicas } from "./replicas.ts";
import { type NewVersion, sealVersion } from "./sealing.ts";
import type { Stores } from "./stores.ts";
import { attach } from "./versions.ts";

/** What CreateSecret is told beside the name. */
export interface NewSecret {
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** A secret may begin without a value. */
  readonly version?: NewVersion | undefined;
  /** Replicas that come to be with it. */
  readonly replication?: ReplicationRequest | undefined;
}

/** Repeated with the same token and value it changes nothing and answers the same. */
export async function createSecret(
  stores: Stores,
  permit: SecretPermit<"CreateSecret">,
  secret: NewSecret,
): Promise<SecretRecord> {
  const { storage, keys, clock } = stores;
  const { arn, scope, name, record: located } = permit.resource;
  const now = clock.now();
  const version = secret.version && (await sealVersion(keys, arn, secret.version, now));
  const record: SecretRecord = {
    ...scope,
    arn,
    name,
    description: secret.description || undefined,
    type: secret.type || undefined,
    kmsKeyId: secret.kmsKeyId || undefined,
    tags: secret.tags,
    stages: version === undefined ? {} : attach({}, version.body.versionId, []),
    versionCount: version === undefined ? 0 : 1,
    createdDate: now,
    lastChangedDate: now,
  };
  return retryOnConflict(async () => {
    const existing = await storage.get(secretTable, secretKey(scope, name));
    if (existing !== undefined && !isGone(existing.body, now)) {
      await checkRepetition(storage, existing, version);
      return existing.body;
    }
    // It was there when it was located, so the ARN at hand is the old secret's.
    if (located !== undefined) throw secretExists(name);
    if (existing !== undefined) await purge(storage, existing, now);
    const { replication } = secret;
    const copied = secret.version === undefined ? [] : [{ ...secret.version, createdDate: now }];
    const { record: made, changes } =
      replication === undefined
        ? { record, changes: [] }
        : await withReplicas(stores, record, replication, copied, now);
    await storage.commit([
      putSecret(made, "absent"),
      ...(version === undefined ? [] : [putVersion(made, version)]),
      ...changes,
    ]);
    return made;
  });
}

/** Throws unless this very request has created the secret before. */
async function checkRepetition(
  storage: Storage,
  { body }: Row<SecretRecord>,
  version: SealedVersion | undefined,
): Promise<void> {
  if (body.deletedDate !== undefined) throw nameScheduledForDeletion();
  if (version === undefined || !(await isRepeated(storage, body, version))) {
    throw secretExists(body.name);
  }
}
