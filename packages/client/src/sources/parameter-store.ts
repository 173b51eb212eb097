/** Parameter Store: GetParameter, and GetParameters where several are read at once. */
import { BatchedReads } from "../batching/batched-reads.ts";
import type { Calls, Output, Patience } from "../calls/calls.ts";
import { TransportError } from "../transport/transport.ts";
import type { Fetched, Source } from "./source.ts";

const namesMax = 10;

export interface ParameterReads {
  /** `id`: a name or ARN, with ":version" or ":label" after it where one is chosen. */
  source(id: string, withDecryption: boolean): Source<string>;
}

export function parameterStore(calls: Calls, clock: () => number): ParameterReads {
  const decrypted = batchedReads(calls, clock, true);
  const encrypted = batchedReads(calls, clock, false);
  return {
    source(id, withDecryption) {
      const reads = withDecryption ? decrypted : encrypted;
      return { fetch: (wish) => reads.read(id, wish) };
    },
  };
}

function batchedReads(calls: Calls, clock: () => number, WithDecryption: boolean) {
  return new BatchedReads<Fetched<string>>(
    {
      batchMax: namesMax,
      // What AWS's guides give to ECS tasks is ssm:GetParameters alone.
      isPermittedApart: true,
      async readOne(Name, patience) {
        const output = await calls.call("ssm", "GetParameter", { Name, WithDecryption }, patience);
        return fetched(output.Parameter as Output, Name);
      },
      async readBatch(Names, patience: Patience) {
        const input = { Names, WithDecryption };
        const output = await calls.call("ssm", "GetParameters", input, patience);
        const answers = new Map<string, Fetched<string> | TransportError>();
        for (const name of (output.InvalidParameters ?? []) as readonly string[]) {
          answers.set(name, missing());
        }
        // Whoever was asked for by name or ARN is answered by both; the selector tells versions.
        // What has no text (a reference to a binary secret) is left to fail alone.
        for (const parameter of (output.Parameters ?? []) as readonly Output[]) {
          if (typeof parameter.Value !== "string") continue;
          for (const named of [parameter.Name, parameter.ARN]) {
            const id = `${named}${parameter.Selector ?? ""}`;
            if (Names.includes(id)) answers.set(id, fetched(parameter, id));
          }
        }
        return answers;
      },
    },
    clock,
  );
}

function missing(): TransportError {
  const message = "there is no such parameter, or no such version of it";
  return new TransportError("ParameterNotFound", message, { kind: "refused" });
}

/** Throws where the reply is no parameter, as nothing can be concluded from it. */
export function fetched(parameter: Output | undefined, id: string): Fetched<string> {
  const { Value, Version, ARN, LastModifiedDate, SourceResult } = parameter ?? {};
  if (typeof Value !== "string") {
    throw new TransportError("Unreadable", "the reply has no parameter", { kind: "outage" });
  }
  const modifiedAt = milliseconds(LastModifiedDate);
  const isNewest = selectorOf(id) === undefined && !id.startsWith("/aws/reference/");
  return {
    raw: Value,
    version: versionIdIn(SourceResult) ?? String(Version ?? ""),
    arn: typeof ARN === "string" ? ARN : undefined,
    order:
      isNewest && modifiedAt !== undefined ? { modifiedAt, version: Number(Version) } : undefined,
  };
}

/** Of a secret that is read through Parameter Store, where every version is numbered 0. */
function versionIdIn(secretsManagersReply: unknown): string | undefined {
  if (typeof secretsManagersReply !== "string") return undefined;
  try {
    const { versionId } = Object(JSON.parse(secretsManagersReply));
    return typeof versionId === "string" ? versionId : undefined;
  } catch {
    return undefined;
  }
}

/** The version or label that an id ends with; the colons of an ARN are none of it. */
export function selectorOf(id: string): string | undefined {
  const path = id.startsWith("arn:") ? id.split(":").slice(5).join(":") : id;
  const at = path.indexOf(":");
  return at < 0 ? undefined : path.slice(at + 1);
}

/** Seconds in JSON, a Date from the AWS SDK. */
function milliseconds(date: unknown): number | undefined {
  if (date instanceof Date) return date.getTime();
  return typeof date === "number" ? date * 1000 : undefined;
}
