/** A vault of one process, in the files of its data folder: what is missing there is made. */
import { writeFileSync } from "node:fs";
import { openAuditLog } from "../audit/audit-log.ts";
import { keyIdOf } from "../audit/chain.ts";
import { auditPublicKeyPath, isTrailMissing } from "../audit/data-folder.ts";
import type { AuditLog } from "../audit/event.ts";
import { openSqliteAuditStore } from "../audit/sqlite/sqlite-store.ts";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import type { AuditSigner } from "../keys/audit-signer.ts";
import { alwaysHeld } from "../leases/lease.ts";
import { keptRootCredentials } from "../root-lock.ts";
import { cacheStorage } from "../storage/cached-storage.ts";
import { openSqliteStorage } from "../storage/sqlite/sqlite-storage.ts";
import type { DatabaseParts, Databases } from "./databases.ts";

export async function openEmbedded(parts: DatabaseParts): Promise<Databases> {
  const { configuration, metrics, randomness } = parts;
  const { dataDirectory: directory, rootKey, rootCredentials, limits } = configuration;
  if (rootKey === undefined) throw new Error("an embedded vault always has a root key's source");
  let damage: string | undefined;
  let writerTrouble: string | undefined;
  const sqlite = await openSqliteStorage({
    directory,
    onDamage(reason) {
      damage = reason;
    },
    onWriterTrouble(reason) {
      writerTrouble = reason;
    },
  });
  const storage = cacheStorage(sqlite, {
    bytesMax: limits.rowCacheBytesMax,
    uses: metrics.rowCache,
  });
  return {
    name: directory,
    storage,
    rootKey,
    root: () => rootCredentials ?? keptRootCredentials(directory, randomness),
    freshness: undefined,
    get trouble() {
      return damage ?? writerTrouble;
    },
    jobs: [],
    openLease: () => alwaysHeld,
    openAuditLog: (signer) => openTrail(parts, signer),
    close: () => storage.close(),
  };
}

async function openTrail(
  { configuration, clock, metrics }: DatabaseParts,
  { publicKey, publicKeyPem, sign }: AuditSigner,
): Promise<AuditLog> {
  const { dataDirectory: directory, limits } = configuration;
  const publicKeyPath = auditPublicKeyPath(directory);
  if (isTrailMissing(directory)) {
    throw new ConfigurationError(
      `the audit trail of ${directory} is gone`,
      `restore its audit.db; to begin a new trail instead, remove ${publicKeyPath}`,
    );
  }
  const log = await openAuditLog(await openSqliteAuditStore(directory), {
    clock,
    signer: { keyId: keyIdOf(publicKey), publicKey, sign },
    retentionDays: limits.auditRetentionDays,
    onGroup: (...group) => metrics.countAuditGroup(...group),
  });
  writeFileSync(publicKeyPath, publicKeyPem);
  return log;
}
