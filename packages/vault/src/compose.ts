/** Puts the vault together. The only file that names adapters. */
import { writeFileSync } from "node:fs";
import { keyIdOf } from "./audit/chain.ts";
import { coalesceFailures } from "./audit/coalesced-failures.ts";
import { auditPublicKeyPath, isTrailMissing } from "./audit/data-folder.ts";
import type { AuditLog } from "./audit/event.ts";
import { openSqliteAuditLog } from "./audit/sqlite-audit-log.ts";
import { Authenticator } from "./authentication/authenticate.ts";
import { type Clock, type Randomness, systemClock, systemRandomness } from "./clock.ts";
import { type Configuration, ConfigurationError } from "./configuration.ts";
import { loadRootKeyFile } from "./encryption/root-keys/file.ts";
import { auditSigner } from "./keys/audit-signer.ts";
import { Keys } from "./keys/keys.ts";
import { PageTokens } from "./keys/page-tokens.ts";
import { hasSealedKeys, SealedKeys } from "./keys/sealed-keys.ts";
import { cloudtrail } from "./operations/cloudtrail/service.ts";
import { iam } from "./operations/iam/service.ts";
import { kms } from "./operations/kms/service.ts";
import type { Service, Vault } from "./operations/operation.ts";
import { secretsmanager } from "./operations/secretsmanager/service.ts";
import { ssm } from "./operations/ssm/service.ts";
import { sts } from "./operations/sts/service.ts";
import { Parameters } from "./parameters/parameters.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { firstAccountOf } from "./principals/first-account.ts";
import { Principals } from "./principals/principals.ts";
import { Sessions } from "./principals/sessions.ts";
import { makeRootCredentials, readRootCredentials } from "./root-credentials.ts";
import { Schedule } from "./schedule.ts";
import { Secrets } from "./secrets/secrets.ts";
import { cacheStorage } from "./storage/cached-storage.ts";
import { openSqliteStorage } from "./storage/sqlite/sqlite-storage.ts";
import type { Storage } from "./storage/storage.ts";

/** Every service the vault speaks. */
export const services: readonly Service[] = [secretsmanager, ssm, kms, sts, iam, cloudtrail];

/** What has expired reads as expired at once; this only gives its room back. */
const purgeMilliseconds = 3_600_000;

export interface Composed {
  readonly pipeline: Pipeline;
  readonly vault: Vault;
  readonly auditLog: AuditLog;
  /** Commits what waits and closes the databases. */
  close(): Promise<void>;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly randomness: Randomness;
  onFault(fault: unknown, requestId: string): void;
}

/** Opens the data folder and joins domain, adapters and pipeline over it. */
export async function compose(
  configuration: Configuration,
  surroundings: Partial<Surroundings> = {},
): Promise<Composed> {
  const directory = configuration.dataDirectory;
  const storage = cacheStorage(await openSqliteStorage({ directory }), {
    bytesMax: configuration.limits.rowCacheBytesMax,
  });
  try {
    return await composeOver(storage, configuration, surroundings);
  } catch (error) {
    // The folder is free again for who corrects what was wrong.
    await storage.close();
    throw error;
  }
}

async function composeOver(
  storage: Storage,
  configuration: Configuration,
  surroundings: Partial<Surroundings>,
): Promise<Composed> {
  const clock = surroundings.clock ?? systemClock;
  const randomness = surroundings.randomness ?? systemRandomness;
  const onFault = surroundings.onFault ?? (() => {});
  const directory = configuration.dataDirectory;
  const { path, isMadeIfMissing } = configuration.rootKeyFile;
  const rootKey = loadRootKeyFile(path, {
    isMadeIfMissing: isMadeIfMissing && !(await hasSealedKeys(storage)),
  });
  const sealedKeys = new SealedKeys(storage, rootKey, randomness);
  await sealedKeys.checkCanary();

  const credentials =
    configuration.rootCredentials ??
    readRootCredentials(directory) ??
    makeRootCredentials(directory, randomness);
  const accountId = await firstAccountOf(storage, configuration.accountId);
  if (accountId !== configuration.accountId) {
    throw new ConfigurationError(
      `${directory} belongs to account ${accountId}, not to ${configuration.accountId}`,
      `give --account-id ${accountId}, or another --data`,
    );
  }
  const keys = new Keys(storage, rootKey, sealedKeys, clock, randomness);
  const principals = new Principals(storage, rootKey, clock, randomness, {
    accountId,
    ...credentials,
  });
  const sessions = new Sessions(sealedKeys, principals, clock, randomness);
  const auditLog = await openAuditLog(configuration, sealedKeys, clock);
  const secrets = new Secrets(storage, keys, sealedKeys, clock, randomness);
  const vault: Vault = {
    secrets,
    parameters: new Parameters(storage, keys, sealedKeys, clock, randomness),
    keys,
    principals,
    sessions,
    auditLog,
    pageTokens: new PageTokens(sealedKeys),
  };
  const pipeline = createPipeline({
    services,
    vault,
    authenticator: new Authenticator(principals, sessions, clock),
    auditLog,
    clock,
    randomness,
    firstAccountId: accountId,
    onFault,
  });
  const schedule = new Schedule(
    [{ everyMilliseconds: purgeMilliseconds, run: () => secrets.purgeExpired() }],
    (fault) => onFault(fault, ""),
  );
  return {
    pipeline,
    vault,
    auditLog,
    async close() {
      await schedule.close();
      await auditLog.close();
      await storage.close();
    },
  };
}

async function openAuditLog(
  { dataDirectory: directory, limits }: Configuration,
  sealedKeys: SealedKeys,
  clock: Clock,
): Promise<AuditLog> {
  const publicKeyPath = auditPublicKeyPath(directory);
  if (isTrailMissing(directory)) {
    throw new ConfigurationError(
      `the audit trail of ${directory} is gone`,
      `restore its audit.db; to begin a new trail instead, remove ${publicKeyPath}`,
    );
  }
  const { publicKey, publicKeyPem, sign } = await auditSigner(sealedKeys);
  const signer = { keyId: keyIdOf(publicKey), publicKey, sign };
  const retentionDays = limits.auditRetentionDays;
  const log = await openSqliteAuditLog({ directory, clock, signer, retentionDays });
  writeFileSync(publicKeyPath, publicKeyPem);
  return coalesceFailures(log, clock);
}
