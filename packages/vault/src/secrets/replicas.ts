/**
 * How a primary's replicas come to be: rows in other regions with the primary's name and the same
 * six random characters, sealed under keys of those regions.
 */
import type { Change, Row, Storage } from "../storage/storage.ts";
import { type Copied, type ReplicaKey, sealCopies } from "./copies.ts";
import { invalidReplicaRegion } from "./errors.ts";
import { isGone, isReplica } from "./presence.ts";
import { purge } from "./purge.ts";
import {
  inRegion,
  putSecret,
  type Replica,
  type SealedVersion,
  type SecretRecord,
  secretKey,
  secretTable,
  versionKey,
  versionTable,
} from "./records.ts";
import { failedReplica, type MirroredReplica, mirrorOf, withVersions } from "./saving.ts";
import type { Stores } from "./stores.ts";

/** A region to replicate to. */
export type ReplicaTarget = ReplicaKey & { readonly kmsKeyId?: string | undefined };

export interface ReplicationRequest {
  readonly targets: readonly ReplicaTarget[];
  /** Whether a secret that has the name in the other region makes way. */
  readonly isForced: boolean;
}

/** Throws for a region twice, for none, and for the secret's own. */
export function checkReplicaRegions(own: string, regions: readonly (string | undefined)[]): void {
  const areOthers = regions.every((region) => region !== undefined && region !== own);
  if (!areOthers || new Set(regions).size < regions.length) throw invalidReplicaRegion();
}

/**
 * The primary as it will be, and the changes that make its replicas. What goes wrong in a region
 * stands in that replica's status.
 */
export async function withReplicas(
  stores: Stores,
  primary: SecretRecord,
  { targets, isForced }: ReplicationRequest,
  copied: readonly Copied[],
  now: number,
): Promise<{ readonly record: SecretRecord; readonly changes: readonly Change[] }> {
  const record = { ...primary, primaryRegion: primary.region };
  const copies = await sealCopies(stores.keys, primary.arn, copied, targets);
  const made = await Promise.all(
    targets.map(({ region, kmsKeyId }) => {
      const there = copies.get(region) ?? [];
      const replica = { region, kmsKeyId, status: "InSync", statusMessage: succeeded } as const;
      return typeof there === "string"
        ? { replica: failedReplica(replica, there), changes: [] }
        : newReplica(stores.storage, record, replica, there, isForced, now);
    }),
  );
  const regions = new Set(targets.map(({ region }) => region));
  const others = (primary.replicas ?? []).filter(({ region }) => !regions.has(region));
  const replicas = [...others, ...made.map(({ replica }) => replica)];
  return {
    record: { ...record, replicas: replicas.sort(byRegion) },
    changes: made.flatMap(({ changes }) => changes),
  };
}

const succeeded = "Replication succeeded";

async function newReplica(
  storage: Storage,
  primary: SecretRecord,
  replica: Replica,
  copied: readonly SealedVersion[],
  isForced: boolean,
  now: number,
): Promise<MirroredReplica> {
  const key = secretKey({ accountId: primary.accountId, region: replica.region }, primary.name);
  const there = await storage.get(secretTable, key);
  const own = there !== undefined && isReplicaOf(primary, there.body) ? there : undefined;
  if (there !== undefined && own === undefined) {
    const reason = isGone(there.body, now) ? undefined : inTheWay(there.body, isForced);
    if (reason !== undefined) return { replica: failedReplica(replica, reason), changes: [] };
    await makeWay(storage, there, now);
  }
  const base = own?.body ?? fresh(primary, replica.region, now);
  const mirrored = mirrorOf(primary, { ...base, kmsKeyId: replica.kmsKeyId });
  const versions = await replacing(storage, mirrored, copied);
  const { record, changes } = await withVersions(storage, mirrored, versions, now);
  return { replica, changes: [putSecret(record, own ?? "absent"), ...changes] };
}

/** Why a secret that has the name can't make way, if it can't. */
function inTheWay(record: SecretRecord, isForced: boolean): string | undefined {
  const { name, region, replicas = [] } = record;
  if (isReplica(record) || replicas.length > 0) {
    return `Secret name ${name} is currently replicated to ${region} with a different arn.`;
  }
  return isForced ? undefined : `Secret name ${name} already exists in region ${region}.`;
}

/** It reads as gone from the commit on; a crash before the replica is there leaves none. */
async function makeWay(storage: Storage, row: Row<SecretRecord>, now: number): Promise<void> {
  if (!isGone(row.body, now)) {
    await storage.commit([putSecret({ ...row.body, deletedDate: now }, row)]);
  }
  await purge(storage, row, now);
}

function fresh(primary: SecretRecord, region: string, now: number): SecretRecord {
  const { accountId, arn, name } = primary;
  return {
    accountId,
    region,
    arn: inRegion(arn, region),
    name,
    tags: {},
    stages: {},
    versionCount: 0,
    createdDate: now,
    lastChangedDate: now,
  };
}

/** Versions that came before are sealed anew: the replica's key may be another one now. */
async function replacing(
  storage: Storage,
  record: SecretRecord,
  versions: readonly SealedVersion[],
): Promise<readonly SealedVersion[]> {
  const keys = versions.map(({ body }) => versionKey(record, body.versionId));
  const rows = await storage.getMany(versionTable, keys);
  return versions.map((each, at) => ({ ...each, replaces: rows[at] ?? "absent" }));
}

/** The row of a replica's primary. */
export async function primaryOf(
  storage: Storage,
  { accountId, primaryRegion = "", name, arn }: SecretRecord,
): Promise<Row<SecretRecord> | undefined> {
  const row = await storage.get(secretTable, secretKey({ accountId, region: primaryRegion }, name));
  return row?.body.arn === inRegion(arn, primaryRegion) ? row : undefined;
}

export function isReplicaOf(primary: SecretRecord, record: SecretRecord): boolean {
  return (
    record.primaryRegion === primary.region &&
    record.region !== primary.region &&
    record.arn === inRegion(primary.arn, record.region)
  );
}

function byRegion(one: Replica, other: Replica): number {
  return one.region < other.region ? -1 : 1;
}
