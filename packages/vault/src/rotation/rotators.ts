/** Who rotates a secret: the function that it names, or the built-in rotator of its type. */
import type { SecretRecord } from "../secrets/records.ts";
import type { BuiltInRotators } from "./built-in.ts";
import { capabilitiesOfFunction, readReply } from "./built-in-wire.ts";
import { type Invocation, invocationUrl, invoke } from "./lambda-invoke.ts";
import type { AwsCredentials } from "./lambda-signature.ts";
import { type Rotator, RotatorFailed } from "./rotator.ts";
import type { FunctionAtEndpoint, FunctionEntries } from "./rotators-file.ts";

export interface RotatorsSetting {
  readonly functions: FunctionEntries;
  /** Of AWS's own Lambda, where a function is there. */
  readonly credentials: AwsCredentials | undefined;
}

export class Rotators {
  readonly #setting: RotatorsSetting;
  readonly #builtIn: BuiltInRotators;

  constructor(setting: RotatorsSetting, builtIn: BuiltInRotators) {
    this.#setting = setting;
    this.#builtIn = builtIn;
  }

  /** undefined where the function is not in the rotators file, or nothing rotates the secret. */
  of(secret: SecretRecord): Rotator | undefined {
    const { type, rotation } = secret;
    if (rotation === undefined) return undefined;
    const { lambdaArn, external } = rotation;
    if (lambdaArn === "") {
      if (type === undefined || external === undefined) return undefined;
      return this.#builtIn.rotator(secret, { type, ...external });
    }
    const entry = this.#setting.functions.get(lambdaArn);
    if (entry === undefined) return undefined;
    if ("endpoint" in entry) return this.#atEndpoint(lambdaArn, entry);
    const { role: roleArn, metadata } = entry;
    return this.#builtIn.rotator(secret, { type: entry.type, metadata, roleArn }, lambdaArn);
  }

  #atEndpoint(arn: string, entry: FunctionAtEndpoint): Rotator {
    const { endpoint, revokes, graceMilliseconds, isSigned, stepMilliseconds } = entry;
    const url = invocationUrl(endpoint, arn, isSigned);
    return {
      name: arn,
      stepMilliseconds,
      problem: async () => undefined,
      capabilities: async () => capabilitiesOfFunction(revokes, graceMilliseconds),
      invoke: async ({ step, secretArn, token }, signal) => {
        const event = { Step: step, SecretId: secretArn, ClientRequestToken: token };
        const reply = await invoke({ url, ...this.#signing(arn, isSigned) }, event, signal);
        return readReply(reply);
      },
    };
  }

  #signing(arn: string, isSigned: boolean): Pick<Invocation, "credentials"> {
    if (!isSigned) return {};
    const { credentials: keys } = this.#setting;
    if (keys === undefined) throw new RotatorFailed("There are no credentials to sign with");
    return { credentials: { keys, region: arn.split(":")[3] ?? "" } };
  }
}
