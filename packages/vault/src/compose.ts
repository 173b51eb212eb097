/** Puts the vault together. The only file that names adapters. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import type { AuditLog } from "./audit/event.ts";
import { openSqliteAuditLog, type Signer } from "./audit/sqlite-audit-log.ts";
import { Authenticator } from "./authentication/authenticate.ts";
import { type Clock, type Randomness, systemClock, systemRandomness } from "./clock.ts";
import type { Configuration } from "./configuration.ts";
import { loadRootKeyFile } from "./encryption/root-keys/file.ts";
import { Keys } from "./keys/keys.ts";
import { PageTokens } from "./keys/page-tokens.ts";
import { SealedKeys } from "./keys/sealed-keys.ts";
import { cloudtrail } from "./operations/cloudtrail/service.ts";
import { iam } from "./operations/iam/service.ts";
import { kms } from "./operations/kms/service.ts";
import type { Service, Vault } from "./operations/operation.ts";
import { secretsmanager } from "./operations/secretsmanager/service.ts";
import { ssm } from "./operations/ssm/service.ts";
import { sts } from "./operations/sts/service.ts";
import { Parameters } from "./parameters/parameters.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { Principals } from "./principals/principals.ts";
import { Sessions } from "./principals/sessions.ts";
import { makeRootCredentials, readRootCredentials } from "./root-credentials.ts";
import { Secrets } from "./secrets/secrets.ts";
import { cacheStorage } from "./storage/cached-storage.ts";
import { openSqliteStorage } from "./storage/sqlite/sqlite-storage.ts";

/** Every service the vault speaks. */
export const services: readonly Service[] = [secretsmanager, ssm, kms, sts, iam, cloudtrail];

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
  const clock = surroundings.clock ?? systemClock;
  const randomness = surroundings.randomness ?? systemRandomness;
  const onFault = surroundings.onFault ?? (() => {});
  const directory = configuration.dataDirectory;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);

  const storage = cacheStorage(await openSqliteStorage({ directory }), {
    bytesMax: configuration.limits.rowCacheBytesMax,
  });
  const rootKey = loadRootKeyFile(configuration.rootKeyFile.path, configuration.rootKeyFile);
  const sealedKeys = new SealedKeys(storage, rootKey, randomness);
  await sealedKeys.checkCanary();

  const credentials =
    configuration.rootCredentials ??
    readRootCredentials(directory) ??
    makeRootCredentials(directory, randomness);
  const { accountId } = configuration;
  const keys = new Keys(storage, rootKey, sealedKeys, clock, randomness);
  const principals = new Principals(storage, rootKey, clock, randomness, {
    accountId,
    ...credentials,
  });
  const sessions = new Sessions(sealedKeys, principals, clock, randomness);
  const auditLog = await openSqliteAuditLog({
    directory,
    clock,
    signer: await auditSigner(sealedKeys),
    retentionDays: configuration.limits.auditRetentionDays,
  });
  const vault: Vault = {
    secrets: new Secrets(storage, keys, sealedKeys, clock, randomness),
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
  return {
    pipeline,
    vault,
    auditLog,
    async close() {
      await auditLog.close();
      await storage.close();
    },
  };
}

// What precedes the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410).
const ed25519Pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** Signs the heads of the audit chain with an Ed25519 key that is sealed under the root key. */
async function auditSigner(sealedKeys: SealedKeys): Promise<Signer> {
  const seed = await sealedKeys.secret("audit-signing");
  const privateKey = createPrivateKey({
    key: Buffer.concat([ed25519Pkcs8Prefix, seed]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    keyId: publicKey.subarray(-8).toString("hex"),
    publicKey,
    sign: (bytes) => sign(null, bytes, privateKey),
  };
}
