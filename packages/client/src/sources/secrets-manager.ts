/** Secrets Manager: GetSecretValue, and BatchGetSecretValue where several are read at once. */
import { BatchedReads } from "../batching/batched-reads.ts";
import type { Calls, Output } from "../calls/calls.ts";
import type { SecretSelection } from "../reference.ts";
import { serviceFailure } from "../transport/failures.ts";
import { TransportError } from "../transport/transport.ts";
import type { Fetched, SecretRaw, Source } from "./source.ts";

const secretsMax = 20;

export interface SecretReads {
  source(id: string, selection: SecretSelection): Source<SecretRaw>;
}

export function secretsManager(calls: Calls, clock: () => number): SecretReads {
  const readOne = async (input: object, patience: Parameters<Calls["call"]>[3]) =>
    fetched(await calls.call("secretsmanager", "GetSecretValue", input, patience));
  const current = new BatchedReads<Fetched<SecretRaw>>(
    {
      batchMax: secretsMax,
      // Batches need secretsmanager:GetSecretValue besides their own permission.
      isPermittedApart: false,
      readOne: (SecretId, patience) => readOne({ SecretId }, patience),
      async readBatch(SecretIdList, patience) {
        const input = { SecretIdList };
        const output = await calls.call("secretsmanager", "BatchGetSecretValue", input, patience);
        return answersOf(output, SecretIdList);
      },
    },
    clock,
  );
  return {
    source(id, selection) {
      // A batch gives AWSCURRENT only, so every other version is read alone.
      const { versionId, versionStage } = selection;
      if (versionId === undefined && versionStage === undefined) {
        return { fetch: (wish) => current.read(id, wish) };
      }
      const input = {
        SecretId: id,
        ...(versionId !== undefined && { VersionId: versionId }),
        ...(versionStage !== undefined && { VersionStage: versionStage }),
      };
      return { fetch: (wish) => readOne(input, wish) };
    },
  };
}

/** Whoever was asked for by name, ARN or an ARN without its last six characters is answered. */
function answersOf(output: Output, ids: readonly string[]) {
  const answers = new Map<string, Fetched<SecretRaw> | TransportError>();
  for (const { SecretId, ErrorCode, Message } of (output.Errors ?? []) as readonly Output[]) {
    const failure = { code: String(ErrorCode), message: String(Message), status: undefined };
    answers.set(String(SecretId), serviceFailure(failure));
  }
  for (const secret of (output.SecretValues ?? []) as readonly Output[]) {
    const arn = String(secret.ARN);
    for (const id of [secret.Name, arn, arn.replace(/-[^-]{6}$/, "")]) {
      if (typeof id === "string" && ids.includes(id)) answers.set(id, fetched(secret));
    }
  }
  return answers;
}

/** Throws where the reply is no secret, as nothing can be concluded from it. */
function fetched({ SecretString, SecretBinary, VersionId, ARN }: Output): Fetched<SecretRaw> {
  const raw = typeof SecretString === "string" ? SecretString : bytesOf(SecretBinary);
  if (raw === undefined) {
    throw new TransportError("Unreadable", "the reply has no secret", { kind: "outage" });
  }
  return { raw, version: String(VersionId ?? ""), arn: typeof ARN === "string" ? ARN : undefined };
}

/** Base64 in JSON, bytes from the AWS SDK. */
function bytesOf(binary: unknown): Uint8Array | undefined {
  if (typeof binary === "string") return new Uint8Array(Buffer.from(binary, "base64"));
  return binary instanceof Uint8Array ? binary : undefined;
}
