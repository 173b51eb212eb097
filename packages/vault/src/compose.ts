/** Puts the vault together. The only file that names adapters. */
import { writeFileSync } from "node:fs";
import { keyIdOf } from "./audit/chain.ts";
import { coalesceFailures } from "./audit/coalesced-failures.ts";
import { auditPublicKeyPath, isTrailMissing } from "./audit/data-folder.ts";
import type { AuditLog } from "./audit/event.ts";
import { openSqliteAuditLog } from "./audit/sqlite-audit-log.ts";
import { Authenticator } from "./authentication/authenticate.ts";
import { WebIdentities } from "./authentication/web-identity/web-identities.ts";
import { ChangeFeed } from "./changes/change-feed.ts";
import { ChangeHistory } from "./changes/history.ts";
import { NoticeJournal } from "./changes/notice-journal.ts";
import { recordChanges } from "./changes/recorded-storage.ts";
import { type Clock, type Randomness, systemClock, systemRandomness } from "./clock.ts";
import { type Configuration, ConfigurationError, type WebhookSetting } from "./configuration.ts";
import { parseRootKeySetting, rootKeySource } from "./encryption/root-keys/sources.ts";
import { auditSigner } from "./keys/audit-signer.ts";
import { AuthorizationMessages } from "./keys/authorization-messages.ts";
import { keyMaterialRows } from "./keys/key-material.ts";
import { Keys } from "./keys/keys.ts";
import { PageTokens } from "./keys/page-tokens.ts";
import { KeyRing } from "./keys/ring/key-ring.ts";
import { type NewSource, Rekey } from "./keys/ring/rekey.ts";
import { Resealing } from "./keys/ring/resealing.ts";
import { SealedKeys, sealedKeyRows } from "./keys/ring/sealed-keys.ts";
import type { SealedRows } from "./keys/ring/sealed-rows.ts";
import { Metrics } from "./metrics/metrics.ts";
import type { Notice } from "./notices.ts";
import { claviger } from "./operations/claviger/service.ts";
import { cloudtrail } from "./operations/cloudtrail/service.ts";
import { iam } from "./operations/iam/service.ts";
import { kms } from "./operations/kms/service.ts";
import type { Service, Vault } from "./operations/operation.ts";
import { organizations } from "./operations/organizations/service.ts";
import { secretsmanager } from "./operations/secretsmanager/service.ts";
import { ssm } from "./operations/ssm/service.ts";
import { sts } from "./operations/sts/service.ts";
import { Parameters } from "./parameters/parameters.ts";
import type { PipelineParts } from "./pipeline/progress.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { firstAccountOf } from "./principals/accounts/first-account.ts";
import { accessKeyRows } from "./principals/entities/access-keys.ts";
import { Principals } from "./principals/principals.ts";
import { tokenKeys, tokenMillisecondsMax } from "./principals/sessions/session-tokens.ts";
import { Sessions } from "./principals/sessions/sessions.ts";
import { keptRootCredentials } from "./root-lock.ts";
import { Schedule } from "./schedule.ts";
import { Secrets } from "./secrets/secrets.ts";
import { cacheStorage } from "./storage/cached-storage.ts";
import { openSqliteStorage } from "./storage/sqlite/sqlite-storage.ts";
import type { Storage } from "./storage/storage.ts";
import { limitKinds, type Rates } from "./throttling/rates.ts";
import { Throttle } from "./throttling/throttle.ts";
import { NoticeDelivery } from "./webhook/notice-delivery.ts";
import { readWebhookSecret, WebhookSecretError } from "./webhook/secret.ts";
import type { Webhook } from "./webhook/webhook.ts";

/** Every service the vault speaks. */
export const services: readonly Service[] = [
  secretsmanager,
  ssm,
  kms,
  sts,
  iam,
  organizations,
  cloudtrail,
  claviger,
];

/** What has expired reads as expired at once; this only gives its room back. */
const purgeMilliseconds = 3_600_000;

/** A notice is given within this of its moment. */
const noticeMilliseconds = 60_000;

/** A key rotates within this of its time. */
const keySweepMilliseconds = 60_000;

/** What a kill, or a database that could not be written, has left of a rekey. */
const resealMilliseconds = 60_000;

/** Every kind of row that is sealed under the key ring. */
const sealedRows: readonly SealedRows[] = [sealedKeyRows, keyMaterialRows, accessKeyRows];

export interface Composed {
  readonly pipeline: Pipeline;
  readonly vault: Vault;
  readonly auditLog: AuditLog;
  readonly metrics: Metrics;
  /** Commits what waits and closes the databases. */
  close(): Promise<void>;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly randomness: Randomness;
  onFault(fault: unknown, requestId: string): void;
  /** Told once of each notice. */
  onNotice(notice: Notice): void;
}

/** Opens the data folder and joins domain, adapters and pipeline over it. */
export async function compose(
  configuration: Configuration,
  surroundings: Partial<Surroundings> = {},
): Promise<Composed> {
  const directory = configuration.dataDirectory;
  const throttle = throttleOf(configuration.throttle);
  const metrics = new Metrics(services, limitKinds);
  const storage = cacheStorage(await openSqliteStorage({ directory }), {
    bytesMax: configuration.limits.rowCacheBytesMax,
    uses: metrics.rowCache,
  });
  try {
    return await composeOver(storage, configuration, surroundings, { throttle, metrics });
  } catch (error) {
    // The folder is free again for who corrects what was wrong.
    metrics.close();
    await storage.close();
    throw error;
  }
}

async function composeOver(
  database: Storage,
  configuration: Configuration,
  surroundings: Partial<Surroundings>,
  { throttle, metrics }: Pick<PipelineParts, "throttle" | "metrics">,
): Promise<Composed> {
  const clock = surroundings.clock ?? systemClock;
  const randomness = surroundings.randomness ?? systemRandomness;
  const onFault = surroundings.onFault ?? (() => {});
  const onNotice = surroundings.onNotice ?? (() => {});
  const webhook = configuration.noticesWebhook && webhookOf(configuration.noticesWebhook);
  const directory = configuration.dataDirectory;
  const endpoint = configuration.rootKeyEndpoint;
  const source = rootKeySource(configuration.rootKey, endpoint);
  const rootKey = await KeyRing.open(database, source, { sealedRows, clock, randomness });
  const { storage } = rootKey;
  const sealedKeys = new SealedKeys(storage, rootKey, randomness);

  const root = configuration.rootCredentials ?? keptRootCredentials(directory, randomness);
  const accountId = await firstAccountOf(storage, configuration.accountId);
  if (accountId !== configuration.accountId) {
    throw new ConfigurationError(
      `${directory} belongs to account ${accountId}, not to ${configuration.accountId}`,
      `give --account-id ${accountId}, or another --data`,
    );
  }
  await sealedKeys.makeAll([tokenKeys]);
  const keys = new Keys(storage, rootKey, sealedKeys, clock, randomness);
  const principals = new Principals(storage, rootKey, clock, randomness, {
    accountId,
    accessKeyId: root.accessKeyId,
    get secretAccessKey() {
      return root.secretAccessKey;
    },
  });
  const sessions = new Sessions(sealedKeys, principals, clock, randomness);
  const auditLog = await openAuditLog(configuration, sealedKeys, clock, metrics);
  const history = new ChangeHistory(storage, clock, {
    commitsMax: configuration.limits.changesMax,
    millisecondsMax: configuration.limits.changeHoursMax * 3_600_000,
  });
  const journal = new NoticeJournal(storage, clock, onNotice);
  const recorded = recordChanges(storage, clock);
  const secrets = new Secrets(recorded, keys, sealedKeys, clock, randomness, journal);
  const { standardParametersMax, advancedParametersMax } = configuration.limits;
  const parameters = new Parameters(recorded, keys, sealedKeys, clock, randomness, {
    notices: journal,
    limits: { Standard: standardParametersMax, Advanced: advancedParametersMax },
  });
  const { changeStreamsMax, changeStreamsPerPrincipalMax } = configuration.limits;
  const changeFeed = new ChangeFeed(history, {
    streamsMax: changeStreamsMax,
    streamsPerPrincipalMax: changeStreamsPerPrincipalMax,
  });
  const resealing = new Resealing(rootKey, sealedRows);
  const rekey = new Rekey(rootKey, resealing, {
    accountId,
    sourceOf: (given) => rootKeySource(rootKeySettingOf(given, configuration), endpoint),
    onFault: (fault) => onFault(fault, ""),
  });
  const vault: Vault = {
    rekey,
    secrets,
    parameters,
    keys,
    principals,
    sessions,
    accounts: principals.accounts,
    auditLog,
    changeFeed,
    authorizationMessages: new AuthorizationMessages(sealedKeys),
    pageTokens: new PageTokens(sealedKeys),
  };
  const pipeline = createPipeline({
    services,
    vault,
    authenticator: new Authenticator(principals, sessions, clock),
    webIdentities: new WebIdentities(principals.oidcProviders, clock),
    auditLog,
    metrics,
    throttle,
    clock,
    randomness,
    firstAccountId: accountId,
    onFault,
  });
  const dropOldTokenKeys = async () => {
    if (clock.now() > rootKey.body.since + tokenMillisecondsMax) {
      await sealedKeys.dropOlder(tokenKeys);
    }
  };
  const delivery =
    webhook &&
    (await NoticeDelivery.start(webhook, {
      storage,
      history,
      clock,
      onFault: (fault) => onFault(fault, ""),
    }));
  const schedule = new Schedule(
    [
      { everyMilliseconds: purgeMilliseconds, run: () => secrets.purgeExpired() },
      { everyMilliseconds: noticeMilliseconds, run: () => parameters.enforcePolicies() },
      { everyMilliseconds: noticeMilliseconds, run: () => secrets.announceExpiries() },
      { everyMilliseconds: noticeMilliseconds, run: () => history.prune() },
      { everyMilliseconds: purgeMilliseconds, run: () => journal.prune() },
      { everyMilliseconds: keySweepMilliseconds, run: () => keys.sweep() },
      { everyMilliseconds: resealMilliseconds, run: () => resealing.run() },
      { everyMilliseconds: purgeMilliseconds, run: dropOldTokenKeys },
    ],
    (fault) => onFault(fault, ""),
  );
  return {
    pipeline,
    vault,
    auditLog,
    metrics,
    async close() {
      metrics.close();
      await resealing.close();
      await schedule.close();
      await delivery?.close();
      await auditLog.close();
      await storage.close();
    },
  };
}

/** A rekey to another passphrase names its file; to the same one it need not. */
function rootKeySettingOf({ source, passphraseFile }: NewSource, configuration: Configuration) {
  return parseRootKeySetting(source, passphraseFile ?? configuration.passphraseFile);
}

function webhookOf({ url, secretFile }: WebhookSetting): Webhook {
  try {
    return { url, key: readWebhookSecret(secretFile) };
  } catch (error) {
    if (!(error instanceof WebhookSecretError)) throw error;
    throw new ConfigurationError(`--notices-secret-file: ${error.message}`, error.hint);
  }
}

/** A limit of an operation that isn't there would limit nothing, and nobody would notice. */
function throttleOf(rates: Rates | undefined): Throttle | undefined {
  if (rates === undefined) return undefined;
  const known = new Set(
    services.flatMap(({ name, operations }) => operations.map((each) => `${name}:${each.name}`)),
  );
  const unknown = [...rates.operations.keys()].find((name) => !known.has(name));
  if (unknown === undefined) return new Throttle(rates);
  throw new ConfigurationError(
    `--throttle: ${unknown} is no operation of this vault`,
    "docs/reference/operations.md has them all",
  );
}

async function openAuditLog(
  { dataDirectory: directory, limits }: Configuration,
  sealedKeys: SealedKeys,
  clock: Clock,
  metrics: Metrics,
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
  const log = await openSqliteAuditLog({
    directory,
    clock,
    signer,
    retentionDays,
    onGroup: (...group) => metrics.countAuditGroup(...group),
  });
  writeFileSync(publicKeyPath, publicKeyPem);
  return coalesceFailures(log, clock);
}
