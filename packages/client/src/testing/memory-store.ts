/**
 * Parameter Store and Secrets Manager as they stand at the far end of the network: values, versions,
 * stages, permissions and outages, with every call on record. Replies take a turn of the event loop,
 * or as long as the test holds them back.
 */
import { setImmediate as turn } from "node:timers/promises";
import { type Service, type Transport, TransportError } from "../transport/transport.ts";

export interface RecordedCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

interface Ids {
  readonly Name: string;
  readonly Names: readonly string[];
  readonly SecretId: string;
  readonly SecretIdList: readonly string[];
  readonly Path: string;
}

interface StoredSecret {
  readonly versions: Map<string, string | Uint8Array>;
  readonly stages: Map<string, string>;
}

export class MemoryStore implements Transport {
  readonly region = "us-east-1";
  readonly calls: RecordedCall[] = [];
  readonly parameters = new Map<string, { value: string; modifiedAt: number }[]>();
  readonly secrets = new Map<string, StoredSecret>();
  readonly denied = new Set<string>();
  /** What reading one name or id fails with. */
  readonly failures = new Map<string, TransportError>();
  /** What every call fails with. */
  failure: TransportError | undefined;
  /** Replies wait for it. */
  gate: Promise<unknown> = Promise.resolve();
  #modifiedAt = 1;

  putParameter(name: string, value: string): void {
    const versions = this.parameters.get(name) ?? [];
    versions.push({ value, modifiedAt: this.#modifiedAt++ });
    this.parameters.set(name, versions);
  }

  /** Its version is `v1`, `v2`, … and AWSCURRENT; the one before becomes AWSPREVIOUS. */
  putSecret(name: string, value: string | Uint8Array, stage = "AWSCURRENT"): void {
    const secret = this.secrets.get(name) ?? { versions: new Map(), stages: new Map() };
    this.secrets.set(name, secret);
    const version = `v${secret.versions.size + 1}`;
    secret.versions.set(version, value);
    const current = secret.stages.get("AWSCURRENT");
    if (stage === "AWSCURRENT" && current !== undefined) secret.stages.set("AWSPREVIOUS", current);
    secret.stages.set(stage, version);
  }

  operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }

  async send(_service: Service, operation: string, input: object, signal?: AbortSignal) {
    signal?.throwIfAborted();
    this.calls.push({ operation, input: input as RecordedCall["input"] });
    // What is read is read now, and may be old by the time it arrives.
    const reply = settled(() => this.#reply(operation, input as RecordedCall["input"]));
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    await Promise.race([Promise.all([this.gate, turn()]), promise]);
    return reply();
  }

  #reply(operation: string, input: RecordedCall["input"]): Record<string, unknown> {
    if (this.failure !== undefined) throw this.failure;
    if (this.denied.has(operation)) throw refused("AccessDeniedException");
    const { Name, Names, SecretId, SecretIdList, Path } = input as unknown as Ids;
    switch (operation) {
      case "GetParameter":
        return { Parameter: this.#parameter(Name, false) };
      case "GetParameters":
        return this.#parameters(Names);
      case "GetParametersByPath":
        return this.#tree(Path, (input.NextToken as string | undefined) ?? "");
      case "GetSecretValue":
        return this.#secret(SecretId, input);
      case "BatchGetSecretValue":
        return this.#secrets(SecretIdList);
      default:
        throw refused("UnknownOperationException");
    }
  }

  #refuse(id: string): void {
    const failure = this.denied.has(id) ? refused("AccessDeniedException") : this.failures.get(id);
    if (failure !== undefined) throw failure;
  }

  #parameter(id: string, isBatch: boolean) {
    this.#refuse(id);
    const [name = "", selector] = id.startsWith("arn:") ? [id.slice(47)] : id.split(":");
    const versions = this.parameters.get(name);
    const version = selector === undefined ? versions?.length : Number(selector);
    const found = versions?.[(version ?? 0) - 1];
    if (found === undefined) throw refused("ParameterNotFound");
    return {
      Name: name,
      ARN: `arn:aws:ssm:us-east-1:123456789012:parameter${name}`,
      Value: found.value,
      Version: version,
      LastModifiedDate: found.modifiedAt,
      ...(isBatch && selector !== undefined && { Selector: `:${selector}` }),
    };
  }

  #parameters(names: readonly string[]) {
    if (names.length > 10) throw refused("ValidationException");
    // Of a batch no single one can fail but for missing, so that all are read alone.
    if (names.some((name) => this.failures.has(name))) throw refused("AccessDeniedException");
    const found = names.map((name) => {
      try {
        return { name, parameter: this.#parameter(name, true) };
      } catch (error) {
        if ((error as TransportError).code !== "ParameterNotFound") throw error;
        return { name, parameter: undefined };
      }
    });
    return {
      Parameters: found.flatMap(({ parameter }) => parameter ?? []),
      InvalidParameters: found.flatMap(({ name, parameter }) => (parameter ? [] : name)),
    };
  }

  #tree(path: string, after: string) {
    const names = [...this.parameters.keys()].filter((name) => name.startsWith(`${path}/`)).sort();
    const page = names.filter((name) => name > after).slice(0, 2);
    const last = page.at(-1) ?? "";
    return {
      Parameters: page.map((name) => this.#parameter(name, false)),
      ...(last !== names.at(-1) && { NextToken: last }),
    };
  }

  #secret(id: string, { VersionId, VersionStage }: RecordedCall["input"] = {}) {
    this.#refuse(id);
    const name = id.replace(/^arn:.*:secret:|-[A-Za-z]{6}$/g, "");
    const secret = this.secrets.get(name);
    const stage = String(VersionStage ?? "AWSCURRENT");
    const version = (VersionId as string | undefined) ?? secret?.stages.get(stage) ?? "";
    const value = secret?.versions.get(version);
    if (value === undefined) throw refused("ResourceNotFoundException");
    return {
      Name: name,
      ARN: `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-AbCdEf`,
      VersionId: version,
      ...(typeof value === "string"
        ? { SecretString: value }
        : { SecretBinary: Buffer.from(value).toString("base64") }),
    };
  }

  #secrets(ids: readonly string[]) {
    if (ids.length > 20) throw refused("ValidationException");
    const SecretValues: unknown[] = [];
    const Errors: unknown[] = [];
    for (const SecretId of ids) {
      try {
        SecretValues.push(this.#secret(SecretId));
      } catch (error) {
        const { code, message } = error as TransportError;
        Errors.push({ SecretId, ErrorCode: code, Message: message });
      }
    }
    return { SecretValues, Errors };
  }
}

export function refused(code: string): TransportError {
  return new TransportError(code, `${code} from the far end`, { kind: "refused" });
}

export function outage(code = "Unreachable"): TransportError {
  return new TransportError(code, `${code} from the far end`, { kind: "outage" });
}

function settled<Result>(compute: () => Result): () => Result {
  try {
    const result = compute();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
