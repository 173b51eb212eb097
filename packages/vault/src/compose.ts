/** Puts the vault together: with the files of `compose/`, the only one that names adapters. */
import { coalesceFailures } from "./audit/coalesced-failures.ts";
import { Authenticator } from "./authentication/authenticate.ts";
import { WebIdentities } from "./authentication/web-identity/web-identities.ts";
import { ChangeFeed } from "./changes/change-feed.ts";
import { ChangeHistory } from "./changes/history.ts";
import { NoticeJournal } from "./changes/notice-journal.ts";
import { recordChanges } from "./changes/recorded-storage.ts";
import { type Clock, type Randomness, systemClock, systemRandomness } from "./clock.ts";
import { ClockGuard } from "./compose/clock-guard.ts";
import type { DatabaseParts, Databases } from "./compose/databases.ts";
import { openEmbedded } from "./compose/embedded.ts";
import { jobsOf } from "./compose/jobs.ts";
import { openManyNodes } from "./compose/many-nodes.ts";
import { composeRotation } from "./compose/rotation.ts";
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
import { alwaysHeld } from "./leases/lease.ts";
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
import type { Freshness } from "./pipeline/freshness.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { firstAccountOf } from "./principals/accounts/first-account.ts";
import { accessKeyRows } from "./principals/entities/access-keys.ts";
import { Principals } from "./principals/principals.ts";
import { tokenKeys } from "./principals/sessions/session-tokens.ts";
import { Sessions } from "./principals/sessions/sessions.ts";
import type { RotatorHost } from "./rotation/built-in.ts";
import { RotationReaders } from "./rotation/readers/readers.ts";
import { RotationReports } from "./rotation/readers/reports.ts";
import { Schedule } from "./schedule.ts";
import { Secrets } from "./secrets/secrets.ts";
import { GuessLimit } from "./throttling/guess-limit.ts";
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

/** A key ring that another node has changed is opened within this, however little it heard. */
const ringReloadMilliseconds = 60_000;

/** Every kind of row that is sealed under the key ring. */
const sealedRows: readonly SealedRows[] = [sealedKeyRows, keyMaterialRows, accessKeyRows];

/** Where rotators reach the vault. */
export interface CallBack {
  readonly url: string;
  close(): Promise<void>;
}

export interface Composed {
  readonly pipeline: Pipeline;
  readonly vault: Vault;
  readonly metrics: Metrics;
  /** Why requests can't be served, in words that anyone may read; undefined while all is well. */
  readonly trouble: string | undefined;
  /** Once rotators can call back, for as long as they can. */
  startRotations(): void;
  stopRotations(): Promise<void>;
  /** Commits what waits and closes the databases. */
  close(): Promise<void>;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Starts the process of the built-in rotators, when the first of them is needed. */
  startRotatorHost(): Promise<RotatorHost>;
  /** Serves the pipeline to the rotators too, on loopback. */
  openCallBack(pipeline: Pipeline): Promise<CallBack>;
  onFault(fault: unknown, requestId: string): void;
  /** Told once of each notice. */
  onNotice(notice: Notice): void;
}

/** Opens the databases and joins domain, adapters and pipeline over them. */
export async function compose(
  configuration: Configuration,
  surroundings: Partial<Surroundings> = {},
): Promise<Composed> {
  const throttle = throttleOf(configuration.throttle);
  const clock = surroundings.clock ?? systemClock;
  const randomness = surroundings.randomness ?? systemRandomness;
  const metrics = new Metrics(services, limitKinds);
  const parts = { configuration, clock, randomness, metrics };
  const open = configuration.database === undefined ? openEmbedded : openManyNodes;
  try {
    const databases = await open(parts);
    try {
      return await composeOver(databases, parts, throttle, surroundings);
    } catch (error) {
      // They are free again for who corrects what was wrong.
      await databases.close();
      throw error;
    }
  } catch (error) {
    metrics.close();
    throw error;
  }
}

async function composeOver(
  databases: Databases,
  { configuration, clock, randomness, metrics }: DatabaseParts,
  throttle: Throttle | undefined,
  surroundings: Partial<Surroundings>,
): Promise<Composed> {
  const onFault = surroundings.onFault ?? (() => {});
  const onJobFault = (fault: unknown) => onFault(fault, "");
  const onNotice = surroundings.onNotice ?? (() => {});
  const webhook = configuration.noticesWebhook && webhookOf(configuration.noticesWebhook);
  const endpoint = configuration.rootKeyEndpoint;
  const source = rootKeySource(databases.rootKey, endpoint);
  const sourceOf = (given: NewSource) =>
    rootKeySource(rootKeySettingOf(given, configuration), endpoint);
  const ring = await KeyRing.open(databases.storage, source, {
    sealedRows,
    clock,
    randomness,
    sourceNamed: (name) => sourceOf({ source: name, passphraseFile: undefined }),
  });
  const { storage } = ring;
  const sealedKeys = new SealedKeys(storage, ring, randomness);

  const accountId = await firstAccountOf(storage, configuration.accountId);
  if (accountId !== configuration.accountId) {
    throw new ConfigurationError(
      `${databases.name} belongs to account ${accountId}, not to ${configuration.accountId}`,
      `give --account-id ${accountId}, or another ${configuration.database ? "--database" : "--data"}`,
    );
  }
  await sealedKeys.makeAll([tokenKeys]);
  const keys = new Keys(storage, ring, sealedKeys, clock, randomness);
  const root = databases.root();
  const principals = new Principals(storage, ring, clock, randomness, {
    accountId,
    accessKeyId: root.accessKeyId,
    get secretAccessKey() {
      return root.secretAccessKey;
    },
  });
  const sessions = new Sessions(sealedKeys, principals, clock, randomness);
  const auditLog = coalesceFailures(
    await databases.openAuditLog(await auditSigner(sealedKeys)),
    clock,
    databases.freshness,
  );
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
  const streams = {
    streamsMax: changeStreamsMax,
    streamsPerPrincipalMax: changeStreamsPerPrincipalMax,
  };
  const changeFeed = new ChangeFeed(history, streams, databases.freshness);
  const resealing = new Resealing(ring, sealedRows);
  const rekey = new Rekey(ring, resealing, {
    accountId,
    sourceOf,
    onFault: (fault) => onFault(fault, ""),
  });
  const lease = databases.openLease({
    isAble: () => ring.sealed === undefined,
    onFault: onJobFault,
  });
  const pageTokens = new PageTokens(sealedKeys);
  const rotationReaders = new RotationReaders(auditLog, storage);
  const rotation = composeRotation({
    configuration,
    surroundings,
    storage: recorded,
    keys,
    secrets,
    principals,
    sessions,
    auditLog,
    notices: journal,
    lease,
    freshness: freshnessOf(databases, ring),
    readers: rotationReaders,
    metrics,
    clock,
    randomness,
    pipeline: () => pipeline,
    onFault: onJobFault,
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
    rotations: rotation.engine,
    rotationReports: new RotationReports(storage, pageTokens, rotationReaders),
    pageTokens,
  };
  const guessLimit = new GuessLimit(metrics.guesses);
  const pipeline = createPipeline({
    services,
    vault,
    authenticator: new Authenticator(principals, sessions, clock, guessLimit),
    webIdentities: new WebIdentities(principals.oidcProviders, clock, guessLimit),
    auditLog,
    metrics,
    throttle,
    freshness: freshnessOf(databases, ring),
    clock,
    randomness,
    firstAccountId: accountId,
    sealed: () => ring.sealed,
    onFault,
  });
  const delivery =
    webhook &&
    (await NoticeDelivery.start(webhook, {
      storage,
      history,
      clock,
      lease,
      onFault: onJobFault,
    }));
  const clockGuard = new ClockGuard({ storage, clock, onDoubt: (fault) => onFault(fault, "") });
  // What it goes by is written before anybody may be told that something is over.
  await clockGuard.isBelieved();
  const jobs = jobsOf({
    rotations: rotation.engine,
    secrets,
    parameters,
    keys,
    history,
    journal,
    ring,
    sealedKeys,
    resealing,
    clock,
    clockGuard,
  });
  const schedule = new Schedule([...jobs, ...databases.jobs], onJobFault, lease);
  // What every node does for itself.
  const reloading = { everyMilliseconds: ringReloadMilliseconds, run: () => ring.reload() };
  const ownSchedule = new Schedule(databases.freshness ? [reloading] : [], onJobFault, alwaysHeld);
  return {
    pipeline,
    vault,
    metrics,
    get trouble() {
      return ring.sealed ?? databases.trouble ?? auditLog.trouble;
    },
    startRotations: () => rotation.engine.start(),
    stopRotations: () => rotation.engine.close(),
    async close() {
      metrics.close();
      await resealing.close();
      await schedule.close();
      await ownSchedule.close();
      await delivery?.close();
      await rotation.close();
      await lease.close();
      // While a database can't be reached, what is left to write at the end can't be.
      await auditLog.close().finally(() => databases.close());
    },
  };
}

/** A request that is run once more does so with the key ring of now. */
function freshnessOf({ freshness }: Databases, ring: KeyRing): Freshness | undefined {
  return (
    freshness && {
      async catchUp() {
        await freshness.catchUp();
        await ring.reload();
      },
    }
  );
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
