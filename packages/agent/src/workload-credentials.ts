/**
 * One role's credentials, renewed at half their life by a timer of their own, so that whoever asks
 * is answered at once: of an hour, at least half is left; less than a quarter only while STS
 * can't be reached. AWS's SDKs ask again under 15 minutes (botocore) or 5 (JavaScript), so they
 * never see the same ones twice in a row.
 */
import { RoleCredentials } from "./role-credentials.ts";

/** The role's credentials have expired and could not be renewed; `cause` is why. */
export class CredentialsUnavailable extends Error {
  override readonly name = "CredentialsUnavailable";
}

export interface Trouble {
  /** Why a renewal failed. */
  readonly error: unknown;
  /** Until when, in milliseconds since the epoch, the old credentials go on being handed out. */
  readonly expiresAt: number;
}

/** What is left of a life, as a part of it, when it is renewed, and when nobody may wait longer. */
const renewedAt = 0.5;
const urgentAt = 0.25;
/** Agents that started together should not renew together: each renews up to this much earlier. */
const jitter = 0.1;

const firstBackOffMilliseconds = 1000;
const backOffMillisecondsMax = 60_000;
/** What a caller waits for an urgent renewal while the old credentials would do. */
const patienceMilliseconds = 500;

export class WorkloadCredentials {
  readonly #assume: () => Promise<RoleCredentials>;
  readonly #onTrouble: (trouble: Trouble) => void;
  #current: RoleCredentials;
  #flight: Promise<void> | undefined;
  #failures = 0;
  #lastError: unknown;
  #nextAttemptAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(
    assume: () => Promise<RoleCredentials>,
    first: RoleCredentials,
    onTrouble: (trouble: Trouble) => void,
  ) {
    this.#assume = assume;
    this.#current = first;
    this.#onTrouble = onTrouble;
    this.#renewIn(untilRenewal(first));
  }

  /** Resolves once the first credentials are there; rejects as `assume` does. */
  static async of(
    assume: () => Promise<RoleCredentials>,
    onTrouble: (trouble: Trouble) => void = () => {},
  ): Promise<WorkloadCredentials> {
    return new WorkloadCredentials(assume, await assume(), onTrouble);
  }

  /** Of a role that can't be assumed just now: until it can, `get` throws CredentialsUnavailable. */
  static awaited(
    assume: () => Promise<RoleCredentials>,
    roleArn: string,
    onTrouble: (trouble: Trouble) => void = () => {},
  ): WorkloadCredentials {
    const none = { accessKeyId: "", secretAccessKey: "", sessionToken: "" };
    const ended = new RoleCredentials({ ...none, roleArn, issuedAt: 0, expiresAt: 0 });
    const credentials = new WorkloadCredentials(assume, ended, onTrouble);
    credentials.#renewIn(backOff(0));
    return credentials;
  }

  get roleArn(): string {
    return this.#current.roleArn;
  }

  get roleName(): string {
    return this.#current.roleName;
  }

  get accountId(): string {
    return this.#current.accountId;
  }

  /** Valid credentials. Throws CredentialsUnavailable after an outage longer than their life. */
  async get(): Promise<RoleCredentials> {
    // Timers stand still while a laptop sleeps, so the clock is looked at here too.
    if (lifeLeft(this.#current) < urgentAt && Date.now() >= this.#nextAttemptAt) {
      await (isExpired(this.#current) ? this.#renew() : withPatience(this.#renew()));
    }
    if (isExpired(this.#current)) {
      throw new CredentialsUnavailable(`${this.roleArn} could not be assumed again`, {
        cause: this.#lastError,
      });
    }
    return this.#current;
  }

  /** Stops renewing. What was handed out stays valid until it expires. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** One flight: whoever comes meanwhile waits for the same answer. Never rejects. */
  #renew(): Promise<void> {
    this.#flight ??= this.#attempt().finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  async #attempt(): Promise<void> {
    try {
      this.#current = await this.#assume();
      this.#failures = 0;
      this.#renewIn(untilRenewal(this.#current));
    } catch (error) {
      this.#lastError = error;
      this.#renewIn(backOff(this.#failures++));
      if (!this.#isClosed) this.#onTrouble({ error, expiresAt: this.#current.expiresAt });
    }
  }

  #renewIn(milliseconds: number): void {
    if (this.#isClosed) return;
    this.#nextAttemptAt = Date.now() + milliseconds;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#renew(), milliseconds);
    // The endpoints keep the process alive, not the wish for fresh credentials.
    this.#timer.unref();
  }
}

function isExpired({ expiresAt }: RoleCredentials): boolean {
  return Date.now() >= expiresAt;
}

/** From 1, just issued, to 0, expired. */
function lifeLeft({ issuedAt, expiresAt }: RoleCredentials): number {
  return (expiresAt - Date.now()) / (expiresAt - issuedAt);
}

function untilRenewal({ issuedAt, expiresAt }: RoleCredentials): number {
  const part = 1 - renewedAt - jitter * Math.random();
  // Where this machine's clock is off, all credentials may seem old: STS is spared all the same.
  return Math.max(issuedAt + (expiresAt - issuedAt) * part - Date.now(), backOffMillisecondsMax);
}

/** Doubles with each failure, of which a random half is taken off. */
function backOff(failures: number): number {
  const whole = Math.min(firstBackOffMilliseconds * 2 ** failures, backOffMillisecondsMax);
  return whole * (1 - Math.random() / 2);
}

async function withPatience(renewal: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMilliseconds);
  });
  await Promise.race([renewal, elapsed]);
  clearTimeout(timer);
}
