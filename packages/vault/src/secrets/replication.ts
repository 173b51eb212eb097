/**
 * Replication between the regions of the vault: a secret's copies, kept in step by every change of
 * their primary (`saving.ts`), until it lets go of them or one is promoted.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
 */
import { retryOnConflict } from "../storage/storage.ts";
import { type Opening, openForCopies } from "./copies.ts";
import { onlyOnReplica } from "./errors.ts";
import { existing, isReplica, latest, writable } from "./presence.ts";
import { purge } from "./purge.ts";
import {
  putSecret,
  type Replica,
  type SecretPermit,
  type SecretRecord,
  secretKey,
  secretTable,
} from "./records.ts";
import { isReplicaOf, primaryOf, type ReplicationRequest, withReplicas } from "./replicas.ts";
import type { Stores } from "./stores.ts";

/** A replica as its primary tells of it. */
export interface DatedReplica extends Replica {
  readonly lastAccessedDate: number | undefined;
}

export class SecretReplication {
  readonly #stores: Stores;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  /** The primary. A region that fails doesn't hold up the others: its status tells. */
  async replicate(
    permit: SecretPermit<"ReplicateSecretToRegions">,
    request: ReplicationRequest,
    openings: readonly Opening[],
  ): Promise<SecretRecord> {
    const { storage, keys, clock } = this.#stores;
    const located = writable(existing(permit.resource));
    const copied = await openForCopies(keys, located.arn, openings);
    return retryOnConflict(async () => {
      const now = clock.now();
      const row = await latest(storage, located, now);
      const before = { ...writable(row.body), lastChangedDate: now };
      const { record, changes } = await withReplicas(this.#stores, before, request, copied, now);
      await storage.commit([putSecret(record, row), ...changes]);
      return record;
    });
  }

  /** The primary without those replicas, which are gone with the reply. */
  async remove(
    permit: SecretPermit<"RemoveRegionsFromReplication">,
    regions: readonly string[],
  ): Promise<SecretRecord> {
    const { storage, clock } = this.#stores;
    const located = writable(existing(permit.resource));
    const { after, gone, now } = await retryOnConflict(async () => {
      const now = clock.now();
      const row = await latest(storage, located, now);
      const before = writable(row.body);
      const after = { ...without(before, regions), lastChangedDate: now };
      const keys = regions.map((region) => secretKey({ ...before, region }, before.name));
      const rows = await storage.getMany(secretTable, keys);
      const gone = rows
        .flatMap((each) => each ?? [])
        .filter(({ body }) => isReplicaOf(before, body));
      await storage.commit([
        putSecret(after, row),
        ...gone.map((each) => putSecret({ ...each.body, deletedDate: now }, each)),
      ]);
      return { after, gone, now };
    });
    // They read as gone from that commit on; a crash here leaves the rest to the sweep.
    for (const row of gone) await purge(storage, row, now);
    return after;
  }

  /** Makes a replica a secret of its own, which its primary's changes no longer reach. */
  promote(permit: SecretPermit<"StopReplicationToReplica">): Promise<SecretRecord> {
    const { storage, clock } = this.#stores;
    const located = existing(permit.resource);
    return retryOnConflict(async () => {
      const now = clock.now();
      const row = await latest(storage, located, now);
      if (!isReplica(row.body)) throw onlyOnReplica();
      // Rotation was the primary's.
      const { primaryRegion: _, rotation: __, ...kept } = row.body;
      const after = { ...kept, lastChangedDate: now };
      const primary = await primaryOf(storage, row.body);
      const left = primary && putSecret(without(primary.body, [located.region]), primary);
      await storage.commit([putSecret(after, row), ...(left === undefined ? [] : [left])]);
      return after;
    });
  }

  /** A primary's replicas with the day of their last read. */
  async replicasOf(primary: SecretRecord): Promise<readonly DatedReplica[]> {
    const { replicas = [], name } = primary;
    const keys = replicas.map(({ region }) => secretKey({ ...primary, region }, name));
    const rows = await this.#stores.storage.getMany(secretTable, keys);
    return replicas.map((replica, at) => {
      const record = rows[at]?.body;
      const isOwn = record !== undefined && isReplicaOf(primary, record);
      return { ...replica, lastAccessedDate: isOwn ? record.lastAccessedDate : undefined };
    });
  }
}

/** A secret whose last replica is gone is one like any other. */
function without(primary: SecretRecord, regions: readonly string[]): SecretRecord {
  const left = (primary.replicas ?? []).filter(({ region }) => !regions.includes(region));
  if (left.length > 0) return { ...primary, replicas: left };
  const { replicas: _, primaryRegion: __, ...alone } = primary;
  return alone;
}
