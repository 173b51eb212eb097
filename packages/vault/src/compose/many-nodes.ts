/**
 * One node of many, over the PostgreSQL database that they share. Nothing is invented here: a root
 * key or root credentials that a node made for itself would be another vault's.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { openAuditLog } from "../audit/audit-log.ts";
import { keyIdOf } from "../audit/chain.ts";
import { auditPublicKeyPath } from "../audit/data-folder.ts";
import type { AuditLog } from "../audit/event.ts";
import { openPostgresAuditStore } from "../audit/postgres/postgres-store.ts";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import type { RootCredentials } from "../configuration/root.ts";
import type { Configuration } from "../configuration.ts";
import type { RootKeySetting } from "../encryption/root-keys/sources.ts";
import type { AuditSigner } from "../keys/audit-signer.ts";
import { StoredLease } from "../leases/stored-lease.ts";
import { openPostgresDatabase, type PostgresDatabase } from "../postgres/database.ts";
import { settings } from "../settings.ts";
import { openPostgresStorage } from "../storage/postgres/postgres-storage.ts";
import { cacheSharedStorage } from "../storage/shared-cache.ts";
import type { SharedStorage } from "../storage/storage.ts";
import type { DatabaseParts, Databases } from "./databases.ts";

/** How long after the death of the node that ran them another runs the jobs of the vault. */
const leaseMilliseconds = 15_000;

const pruneMilliseconds = 60_000;

export async function openManyNodes(parts: DatabaseParts): Promise<Databases> {
  const { url, rootKey, root } = given(parts.configuration);
  const database = await openPostgresDatabase({ url });
  try {
    const shared = await openPostgresStorage({ database });
    return joined(parts, { database, shared, rootKey, root });
  } catch (error) {
    await database.close();
    throw error;
  }
}

interface Opened {
  readonly database: PostgresDatabase;
  readonly shared: SharedStorage;
  readonly rootKey: RootKeySetting;
  readonly root: RootCredentials;
}

function joined(parts: DatabaseParts, { database, shared, rootKey, root }: Opened): Databases {
  const { metrics, configuration } = parts;
  const storage = cacheSharedStorage(shared, {
    bytesMax: configuration.limits.rowCacheBytesMax,
    uses: metrics.rowCache,
  });
  metrics.nodes.database = () => {
    const { isReachable, inUse, idle } = database.state;
    const { position, heard } = shared.progress;
    return {
      isReachable,
      connectionsInUse: inUse,
      connectionsIdle: idle,
      position,
      counterSeen: heard,
    };
  };
  return {
    name: "this database",
    storage,
    rootKey,
    root: () => root,
    freshness: shared,
    get trouble() {
      return database.state.isReachable ? undefined : "The database can't be reached";
    },
    jobs: [{ everyMilliseconds: pruneMilliseconds, run: () => shared.prune() }],
    openLease({ isAble, onFault }) {
      const lease = new StoredLease({
        storage: shared,
        name: "schedule",
        lengthMilliseconds: leaseMilliseconds,
        isAble,
        onFault,
      });
      metrics.nodes.holdsScheduleLease = () => lease.isHeld;
      return lease;
    },
    openAuditLog: (signer) => openTrail(parts, database, shared, signer),
    async close() {
      await storage.close();
      await database.close();
    },
  };
}

async function openTrail(
  { configuration, clock, metrics }: DatabaseParts,
  database: PostgresDatabase,
  shared: SharedStorage,
  { publicKey, publicKeyPem, sign }: AuditSigner,
): Promise<AuditLog> {
  const { dataDirectory: directory, limits } = configuration;
  const log = await openAuditLog(await openPostgresAuditStore(database), {
    clock,
    signer: { keyId: keyIdOf(publicKey), publicKey, sign },
    retentionDays: limits.auditRetentionDays,
    onGroup: (...group) => metrics.countAuditGroup(...group),
    // So no reply leaves before this node knows of what had been acknowledged when it was asked.
    onCommitted: (counter) => shared.catchUp(counter),
  });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(auditPublicKeyPath(directory), publicKeyPem);
  return log;
}

function given({ database, rootKey, rootCredentials }: Configuration) {
  if (database === undefined) throw new Error("many nodes share a database");
  if (rootKey === undefined) {
    throw new ConfigurationError(
      "the root key of the vault on this database is not given",
      `set ${settings.rootKey.variable}, to the same on every node; ` +
        "for a new vault's: (umask 077; openssl rand -base64 32 > root.key), then file:root.key",
    );
  }
  if (rootCredentials === undefined) {
    throw new ConfigurationError(
      "the root credentials of the vault on this database are not given",
      `set ${settings.rootAccessKeyId.variable} and ${settings.rootSecretAccessKey.variable}, ` +
        "to the same on every node",
    );
  }
  return { url: database.url, rootKey, root: rootCredentials };
}
