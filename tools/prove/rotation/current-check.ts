/** Asks all the time whether the provider accepts what readers find in the vault. */
import { setTimeout as sleep } from "node:timers/promises";
import { asRoot } from "../../harness/aws-clients.ts";
import type { VaultProcess } from "../../harness/vault-process.ts";
import type { WeatherProvider } from "./weather-provider.ts";

export interface Checked {
  readonly secretId: string;
  readonly provider: Pick<WeatherProvider, "accepts">;
  /** One of them has to work: AWSCURRENT, and where a client would look next. */
  readonly stages: readonly string[];
  readonly everyMilliseconds: number;
  /** undefined while there is none: it was killed on purpose. */
  vault(): VaultProcess | undefined;
}

export class CurrentCheck {
  checks = 0;
  /** When nothing was accepted; by Date.now(). */
  readonly refusedAt: number[] = [];
  readonly #checked: Checked;
  readonly #checking: Promise<void>;
  #isEnded = false;

  constructor(checked: Checked) {
    this.#checked = checked;
    this.#checking = this.#run();
  }

  async stop(): Promise<void> {
    this.#isEnded = true;
    await this.#checking;
  }

  async #run(): Promise<void> {
    for (; !this.#isEnded; await sleep(this.#checked.everyMilliseconds)) {
      const works = await this.#works(await this.#values());
      if (works !== undefined) this.checks++;
      if (works === false) this.refusedAt.push(Date.now());
    }
  }

  /** Undefined where nobody could be asked. */
  async #works(values: readonly string[]): Promise<boolean | undefined> {
    if (values.length === 0) return undefined;
    // One key may be put back between two questions: so the first is asked about once more.
    for (const value of [...values, ...values.slice(0, -1)]) {
      if (await this.#checked.provider.accepts(value)) return true;
    }
    // What has been replaced between the two questions says nothing.
    const now = await this.#values();
    return now.join() === values.join() ? false : this.#works(now);
  }

  async #values(): Promise<string[]> {
    const vault = this.#checked.vault();
    if (vault === undefined) return [];
    const values: string[] = [];
    for (const stage of this.#checked.stages) {
      const value = await valueAt(vault, this.#checked.secretId, stage);
      if (value !== undefined) values.push(value);
    }
    return values;
  }
}

async function valueAt(
  vault: VaultProcess,
  SecretId: string,
  VersionStage: string,
): Promise<string | undefined> {
  try {
    const input = { SecretId, VersionStage };
    const { SecretString } = await asRoot(vault).secrets.getSecretValue(input);
    return SecretString;
  } catch (error) {
    const { name = "", $metadata } = error as Partial<Failure>;
    const isGone = $metadata !== undefined && $metadata.httpStatusCode === undefined;
    if (isGone || $metadata?.httpStatusCode === 503 || isWithoutValue(name)) return undefined;
    throw error;
  }
}

/** No version has that stage, or none that is given to anybody: it was revoked. */
function isWithoutValue(name: string): boolean {
  return name === "ResourceNotFoundException" || name === "InvalidRequestException";
}

interface Failure extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}
