/** Puts the vault together: with the files of `compose/`, the only one that names adapters. */
import { Authenticator } from "./authentication/authenticate.ts";
import { WebIdentities } from "./authentication/web-identity/web-identities.ts";
import { type Clock, type Randomness, systemClock, systemRandomness } from "./clock.ts";
import { ClockGuard } from "./compose/clock-guard.ts";
import type { DatabaseParts, Databases } from "./compose/databases.ts";
import { openDomain } from "./compose/domain.ts";
import { openEmbedded } from "./compose/embedded.ts";
import { jobsOf } from "./compose/jobs.ts";
import { openManyNodes } from "./compose/many-nodes.ts";
import { composeRotation } from "./compose/rotation.ts";
import { throttleOf } from "./compose/throttle.ts";
import { ConfigurationError } from "./configuration/configuration-error.ts";
import type { WebhookSetting } from "./configuration/notices-webhook.ts";
import type { Configuration } from "./configuration.ts";
import { AuthorizationMessages } from "./keys/authorization-messages.ts";
import { PageTokens } from "./keys/page-tokens.ts";
import type { KeyRing } from "./keys/ring/key-ring.ts";
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
import type { Freshness } from "./pipeline/freshness.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import type { RotatorHost } from "./rotation/built-in.ts";
import { RotationReaders } from "./rotation/readers/readers.ts";
import { RotationReports } from "./rotation/readers/reports.ts";
import { Schedule } from "./schedule.ts";
import { GuessLimit } from "./throttling/guess-limit.ts";
import { limitKinds } from "./throttling/rates.ts";
import type { Throttle } from "./throttling/throttle.ts";
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
  const throttle = throttleOf(configuration.throttle, services);
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
  const domain = await openDomain(databases, {
    configuration,
    clock,
    randomness,
    onFault: onJobFault,
    onNotice,
  });
  const { storage, ring, sealedKeys, principals, sessions, auditLog, journal } = domain;
  const freshness = freshnessOf(databases, ring);
  const lease = databases.openLease({
    isAble: () => ring.sealed === undefined,
    onFault: onJobFault,
  });
  const readers = new RotationReaders(auditLog, storage);
  const rotation = composeRotation({
    ...domain,
    configuration,
    surroundings,
    storage: domain.recorded,
    notices: journal,
    lease,
    freshness,
    readers,
    metrics,
    clock,
    randomness,
    pipeline: () => pipeline,
    onFault: onJobFault,
  });
  const pageTokens = new PageTokens(sealedKeys);
  const vault: Vault = {
    ...domain,
    accounts: principals.accounts,
    authorizationMessages: new AuthorizationMessages(sealedKeys),
    rotations: rotation.engine,
    rotationReports: new RotationReports(storage, pageTokens, readers),
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
    freshness,
    clock,
    randomness,
    firstAccountId: configuration.accountId,
    sealed: () => ring.sealed,
    onFault,
  });
  const delivery =
    webhook &&
    (await NoticeDelivery.start(webhook, {
      storage,
      history: domain.history,
      clock,
      lease,
      onFault: onJobFault,
    }));
  const clockGuard = new ClockGuard({ storage, clock, onDoubt: onJobFault });
  // What it goes by is written before anybody may be told that something is over.
  await clockGuard.isBelieved();
  const jobs = jobsOf({ ...domain, rotations: rotation.engine, clock, clockGuard });
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
      await domain.resealing.close();
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

function webhookOf({ url, secretFile }: WebhookSetting): Webhook {
  try {
    return { url, key: readWebhookSecret(secretFile) };
  } catch (error) {
    if (!(error instanceof WebhookSecretError)) throw error;
    throw new ConfigurationError(`--notices-secret-file: ${error.message}`, error.hint);
  }
}
