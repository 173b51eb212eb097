/**
 * Fills a data folder with SecureString parameters and with secrets, by running the operations
 * PutParameter and CreateSecret themselves as the account root: validated, authorised, sealed and
 * committed as requests are. Left out are only the connection, the signature and the audit event.
 *
 * A process of its own: what it leaves in memory is no part of what is measured. Its argument is
 * JSON: the folder, and how many of each.
 */
import { randomUUID } from "node:crypto";
import { systemClock } from "../../packages/vault/src/clock.ts";
import { compose } from "../../packages/vault/src/compose.ts";
import { readConfiguration } from "../../packages/vault/src/configuration.ts";
import type { HttpRequest } from "../../packages/vault/src/message.ts";
import type { AnyOperation, Vault } from "../../packages/vault/src/operations/operation.ts";
import { createSecret } from "../../packages/vault/src/operations/secretsmanager/create-secret.ts";
import { putParameter } from "../../packages/vault/src/operations/ssm/put-parameter.ts";
import { callOf } from "../../packages/vault/src/pipeline/call.ts";
import { emptyNotes, type Progress } from "../../packages/vault/src/pipeline/progress.ts";
import { validate } from "../../packages/vault/src/shapes/shapes.ts";
import { parameterName, secretName } from "./filled-names.ts";

export interface Filling {
  readonly dataDirectory: string;
  readonly parameters: number;
  readonly secrets: number;
}

/** As many as share one commit. */
const atOnce = 256;

/** Of the length of a usual API key. */
const value = `sk_live_${"x".repeat(92)}`;

async function fill({ dataDirectory, parameters, secrets }: Filling): Promise<void> {
  const configuration = readConfiguration({ data: dataDirectory }, process.env);
  const composed = await compose(configuration);
  try {
    const run = await asRoot(composed.vault, configuration.accountId);
    await each(parameters, (number) =>
      run(putParameter, { Name: parameterName(number), Value: value, Type: "SecureString" }),
    );
    await each(secrets, (number) =>
      run(createSecret, {
        Name: secretName(number),
        SecretString: value,
        ClientRequestToken: randomUUID(),
      }),
    );
  } finally {
    await composed.close();
  }
}

async function each(count: number, run: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Runs an operation as the pipeline does, from validation on. */
async function asRoot(vault: Vault, accountId: string) {
  const principal = await vault.principals.callers.root(accountId);
  const authenticated = { principal, region: "us-east-1", accessKeyId: "" };
  return async (operation: AnyOperation, given: unknown) => {
    const parts = { vault, clock: systemClock };
    const call = callOf(request, progressOf(operation), authenticated, parts);
    const input = validate(operation.input, given);
    return operation.run(input, await operation.permit(input, call), call);
  };
}

/** What authorisation asks of a request beside its principal. */
const request: HttpRequest = {
  method: "POST",
  target: "/",
  headers: {},
  body: Buffer.alloc(0),
  sourceAddress: "127.0.0.1",
  isSecureTransport: false,
  problem: undefined,
};

function progressOf(operation: AnyOperation): Progress {
  const named = {
    operation: operation.name,
    protocol: "aws-json",
    xmlNamespace: undefined,
  } as const;
  return {
    requestId: randomUUID(),
    eventId: randomUUID(),
    now: Date.now(),
    startedAt: performance.now(),
    route: { ...named, service: "", problem: undefined },
    service: undefined,
    operation,
    notes: emptyNotes(),
    isThrottled: undefined,
    authenticated: undefined,
    requestParameters: undefined,
    encodedAuthorizationMessage: undefined,
  };
}

await fill(JSON.parse(process.argv[2] ?? "{}"));
