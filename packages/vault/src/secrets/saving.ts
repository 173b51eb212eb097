/**
 * Writes a secret as it is to be: its versions, the pruning of old ones, and its replicas in other
 * regions, all in one commit. So a read in any region that follows a write sees it.
 */
import type { Change, Row, Storage } from "../storage/storage.ts";
import { prunable } from "./pruning.ts";
import {
  inRegion,
  putSecret,
  putVersion,
  type Replica,
  type SealedVersion,
  type SecretRecord,
  secretKey,
  secretTable,
  versionKey,
  versionTable,
} from "./records.ts";

/** Versions sealed for replicas, by region; a text says why there are none. */
export type Copies = ReadonlyMap<string, readonly SealedVersion[] | string>;

/** What goes with a change of the secret's record. */
export interface VersionChanges {
  readonly versions?: readonly SealedVersion[] | undefined;
  readonly copies?: Copies | undefined;
  /** Of other tables, to happen with it. */
  readonly alongside?: readonly Change[] | undefined;
}

/** How a replica stands after a change, and what that takes. */
export interface MirroredReplica {
  readonly replica: Replica;
  readonly changes: readonly Change[];
}

/** Resolves with the record as it was written. `versionCount` is kept right here. */
export async function saveSecret(
  storage: Storage,
  row: Row<SecretRecord>,
  record: SecretRecord,
  now: number,
  { versions = [], copies = new Map(), alongside = [] }: VersionChanges = {},
): Promise<SecretRecord> {
  const { replicas = [] } = record;
  const mirrored = await Promise.all(
    replicas.map((replica) => mirror(storage, record, replica, copies, now)),
  );
  const own = await withVersions(storage, record, versions, now);
  const after: SecretRecord = {
    ...own.record,
    ...(replicas.length > 0 && { replicas: mirrored.map(({ replica }) => replica) }),
  };
  await storage.commit([
    putSecret(after, row),
    ...own.changes,
    ...mirrored.flatMap(({ changes }) => changes),
    ...alongside,
  ]);
  return after;
}

/** The record with one version more or less, and the versions' own changes. */
export async function withVersions(
  storage: Storage,
  record: SecretRecord,
  versions: readonly SealedVersion[],
  now: number,
): Promise<{ readonly record: SecretRecord; readonly changes: readonly Change[] }> {
  const added = versions.filter(({ replaces }) => replaces === "absent").length;
  const grown = { ...record, versionCount: record.versionCount + added };
  const old = await prunable(storage, grown, now);
  const left = <Known>(byId: Readonly<Record<string, Known>> = {}) => {
    const kept = Object.entries(byId);
    return Object.fromEntries(
      kept.filter(([id]) => !old.some(({ body }) => body.versionId === id)),
    );
  };
  return {
    record: {
      ...grown,
      versionCount: grown.versionCount - old.length,
      ...(old.length > 0 && { versionAccessDates: left(record.versionAccessDates) }),
      ...(old.length > 0 && record.revoked && { revoked: left(record.revoked) }),
    },
    changes: [
      ...versions.map((each) => putVersion(record, each)),
      ...old.map(({ key, revision }) => ({
        type: "delete" as const,
        table: versionTable,
        key,
        expect: revision,
      })),
    ],
  };
}

/** What a replica has of its primary; the rest is the region's own. */
export function mirrorOf(primary: SecretRecord, replica: SecretRecord): SecretRecord {
  const { description, tags, wasTagged, policy, rotation, primaryRegion } = primary;
  const { stages, revoked, type, lastRotatedDate, lastChangedDate } = primary;
  return {
    ...replica,
    description,
    tags,
    wasTagged,
    policy,
    rotation,
    type,
    lastRotatedDate,
    primaryRegion,
    stages,
    revoked,
    lastChangedDate,
  };
}

/** The replica's changes that go with its primary's; none where it can't keep up. */
async function mirror(
  storage: Storage,
  primary: SecretRecord,
  replica: Replica,
  copies: Copies,
  now: number,
): Promise<MirroredReplica> {
  const failed = (reason: string) => ({ replica: failedReplica(replica, reason), changes: [] });
  if (replica.status === "Failed") return { replica, changes: [] };
  const copied = copies.get(replica.region) ?? [];
  if (typeof copied === "string") return failed(copied);

  const { accountId, name } = primary;
  const key = secretKey({ accountId, region: replica.region }, name);
  const row = await storage.get(secretTable, key);
  if (row?.body.arn !== inRegion(primary.arn, replica.region)) return failed("The secret is gone.");
  const labelled = [...new Set(Object.values(primary.stages))];
  const there = await versionsThere(storage, row.body, labelled);
  const missing = copied.filter(({ body }) => !there.has(body.versionId));
  const has = (id: string) => there.has(id) || missing.some(({ body }) => body.versionId === id);
  const lacking = labelled.filter((id) => !has(id));
  // A label that came to an old version in between; replicating again brings it. The version that
  // a rotation begins with has no value anywhere.
  const isBehind = lacking.length > 0 && (await versionsThere(storage, primary, lacking)).size > 0;
  if (isBehind) return failed("A version of the secret is missing.");

  const { record, changes } = await withVersions(
    storage,
    mirrorOf(primary, row.body),
    missing,
    now,
  );
  return { replica, changes: [putSecret(record, row), ...changes] };
}

async function versionsThere(
  storage: Storage,
  record: SecretRecord,
  versionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const keys = versionIds.map((id) => versionKey(record, id));
  const rows = await storage.getMany(versionTable, keys);
  return new Set(rows.flatMap((row) => row?.body.versionId ?? []));
}

export function failedReplica(replica: Replica, reason: string): Replica {
  return { ...replica, status: "Failed", statusMessage: `Replication failed: ${reason}` };
}
