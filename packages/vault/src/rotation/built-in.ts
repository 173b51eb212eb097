/**
 * The built-in rotators, in a process of their own that is started when the first of them is
 * needed. It has no credentials: each step brings short ones of the rotation's role.
 */
import { ApiError } from "../errors.ts";
import type { SecretRecord } from "../secrets/records.ts";
import {
  capabilitiesOf,
  problemOf,
  type RotatorType,
  readReply,
  readTypes,
} from "./built-in-wire.ts";
import { invoke } from "./lambda-invoke.ts";
import { type Rotator, RotatorFailed, type StepReply, type StepRequest } from "./rotator.ts";
import {
  permitRole,
  type RoleSessionParts,
  roleSession,
  serviceName,
} from "./service-principal.ts";

/** A running host: see `packages/rotators`. */
export interface RotatorHost {
  readonly url: string;
  /** Of every request's `Authorization: Bearer`. */
  readonly token: string;
  close(): Promise<void>;
}

/** Of a secret: what rotates it, and what that is told. */
export interface BuiltInChoice {
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly roleArn: string;
}

export interface BuiltInParts extends RoleSessionParts {
  /** undefined where there is no host to start. */
  readonly startHost: (() => Promise<RotatorHost>) | undefined;
  /** Where rotators reach the vault; opened when it is first asked for. */
  callBackUrl(): Promise<string>;
}

const typesMilliseconds = 10_000;
/** The host gives up a little earlier, and says so. */
const stepMilliseconds = 60_000;

export class BuiltInRotators {
  readonly #parts: BuiltInParts;
  #host: Promise<RotatorHost> | undefined;
  #types: Promise<ReadonlyMap<string, RotatorType>> | undefined;

  constructor(parts: BuiltInParts) {
    this.#parts = parts;
  }

  /** undefined where there is no such type. Throws RotatorFailed where the host can't be asked. */
  async #type(name: string): Promise<RotatorType | undefined> {
    this.#types ??= this.#readTypes().catch((error) => {
      this.#types = undefined;
      throw error;
    });
    return (await this.#types).get(name);
  }

  rotator(secret: SecretRecord, choice: BuiltInChoice, name = choice.type): Rotator {
    return {
      name,
      stepMilliseconds,
      problem: async () => {
        const type = await this.#type(choice.type);
        if (type === undefined) return `There is no rotator of the type ${choice.type}.`;
        return problemOf(type, choice.metadata) ?? (await this.#problemWithRole(secret, choice));
      },
      capabilities: async () => {
        const type = await this.#type(choice.type);
        if (type !== undefined) return capabilitiesOf(type, choice.metadata);
        throw new RotatorFailed(`There is no rotator of the type ${choice.type}`);
      },
      invoke: (request, signal) => this.#invoke(secret, choice, request, signal),
    };
  }

  async close(): Promise<void> {
    if (this.#host !== undefined) await this.#leave(this.#host);
  }

  /** The next step starts another. What was left before is left alone, and so is its successor. */
  async #leave(running: Promise<RotatorHost>): Promise<void> {
    if (this.#host !== running) return;
    this.#host = undefined;
    const host = await running.catch(() => undefined);
    await host?.close();
  }

  async #problemWithRole(secret: SecretRecord, { roleArn }: BuiltInChoice) {
    try {
      await permitRole(this.#parts, secret, roleArn);
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return `Secrets Manager can't assume the role ${roleArn}. Ensure that its trust policy allows the principal ${serviceName}.`;
    }
  }

  async #invoke(
    secret: SecretRecord,
    choice: BuiltInChoice,
    request: StepRequest,
    signal: AbortSignal,
  ): Promise<StepReply> {
    const { metadata, type, roleArn } = choice;
    const role = { arn: roleArn, adminSecretArn: metadata.adminSecretArn };
    const session = await roleSession(this.#parts, secret, role).catch((error) => {
      if (!(error instanceof ApiError)) throw error;
      throw new RotatorFailed(`The role ${roleArn} can't be assumed`);
    });
    const event = {
      Step: request.step,
      SecretId: request.secretArn,
      ClientRequestToken: request.token,
      Claviger: {
        Type: type,
        Metadata: metadata,
        OldVersionId: request.oldVersionId,
        Endpoint: await this.#parts.callBackUrl(),
        Region: secret.region,
        Credentials: {
          AccessKeyId: session.accessKeyId,
          SecretAccessKey: session.secretAccessKey,
          SessionToken: session.sessionToken,
        },
      },
    };
    const running = this.#running();
    const { url, token } = await running;
    const headers = { authorization: `Bearer ${token}` };
    const path = `/2015-03-31/functions/${encodeURIComponent(type)}/invocations`;
    try {
      return readReply(await invoke({ url: url + path, headers }, event, signal));
    } catch (error) {
      // It may have ended.
      if (error instanceof RotatorFailed && error.cause !== undefined) await this.#leave(running);
      throw error;
    }
  }

  async #readTypes(): Promise<ReadonlyMap<string, RotatorType>> {
    const running = this.#running();
    const { url, token } = await running;
    try {
      const reply = await fetch(`${url}/types`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(typesMilliseconds),
      });
      return readTypes(await reply.json());
    } catch (error) {
      await this.#leave(running);
      throw new RotatorFailed("The built-in rotators can't be asked for their types", error);
    }
  }

  #running(): Promise<RotatorHost> {
    const { startHost } = this.#parts;
    if (startHost === undefined) {
      throw new RotatorFailed("This vault was started without its built-in rotators");
    }
    this.#host ??= startHost().catch((error) => {
      this.#host = undefined;
      throw new RotatorFailed("The built-in rotators can't be started", error);
    });
    return this.#host;
  }
}
