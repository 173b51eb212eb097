/** One secret in memory whose steps a test takes one by one, as the vault asks for them. */
import { randomUUID } from "node:crypto";
import type { Step } from "../src/event.ts";
import { type AwsClientConfiguration, keyNameOf, type Rotator } from "../src/rotator.ts";
import { runStep, type StepReply } from "../src/steps.ts";
import { MemorySecret, type Versions } from "./memory-secret.fixture.ts";

export interface RotatedSecretOptions {
  readonly rotator: Rotator;
  /** Of the first AWSCURRENT version. */
  readonly value: object | string;
  readonly adminValue?: object | string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly aws?: AwsClientConfiguration;
}

export const adminSecretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:admin-AbCdEf";

export class RotatedSecret {
  readonly secret = new MemorySecret();
  readonly #options: RotatedSecretOptions;

  constructor(options: RotatedSecretOptions) {
    this.#options = options;
    const { value, adminValue } = options;
    const first = randomUUID();
    this.secret.values.set(first, textOf(value));
    this.secret.labels.set("AWSCURRENT", first);
    if (adminValue) this.secret.others.set(adminSecretArn, textOf(adminValue));
  }

  /** The empty version, as the vault begins a rotation; returns its token. */
  begin(): string {
    const token = randomUUID();
    this.secret.labels.set("AWSPENDING", token);
    return token;
  }

  /** `putPending` instead of the vault's, to fail in its own way. */
  take(step: Step, token: string, putPending?: Versions["putPending"]): Promise<StepReply> {
    const { rotator, metadata = {}, adminValue, aws = {} } = this.#options;
    return runStep[step](rotator, {
      secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:rotated-AbCdEf",
      token,
      oldVersionId: this.versionId("AWSCURRENT"),
      keyName: keyNameOf(token),
      metadata: { ...(adminValue && { adminSecretArn }), ...metadata },
      versions: { ...this.secret.versions(async () => {}), ...(putPending && { putPending }) },
      aws,
      signal: AbortSignal.timeout(30_000),
    });
  }

  /** All four steps; returns what the last one replied. */
  async rotate(): Promise<StepReply> {
    const token = this.begin();
    for (const step of ["createSecret", "setSecret", "testSecret"] as const) {
      await this.take(step, token);
    }
    return this.take("finishSecret", token);
  }

  versionId(label: string): string {
    return this.secret.labels.get(label) ?? "";
  }

  /** The value of the version that has the label. */
  value(label: string): Record<string, string> {
    return JSON.parse(this.secret.values.get(this.versionId(label)) ?? "{}");
  }
}

function textOf(value: object | string): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
