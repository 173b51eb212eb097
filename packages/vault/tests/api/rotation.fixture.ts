/**
 * For tests: a function that rotates secrets, at an address of its own, by Lambda's Invoke API. It
 * calls the vault back as any function of AWS's does.
 */

import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../src/clock.ts";
import type { TestVault } from "../../src/testing/index.ts";

export interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

type Handler = (event: RotationEvent) => Promise<unknown>;

export interface TestFunction {
  readonly arn: string;
  /** A rotators file that has it. */
  readonly rotatorsFile: string;
  /** Every event that it was invoked with. */
  readonly events: RotationEvent[];
  handler: Handler;
  close(): Promise<void>;
}

export const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:rotate";

export async function startFunction(entry: object = {}): Promise<TestFunction> {
  const rotatorsFile = join(tmpdir(), `claviger-rotators-${randomUUID()}.json`);
  const started: { handler: Handler; readonly events: RotationEvent[] } = {
    handler: async () => null,
    events: [],
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const event = JSON.parse(Buffer.concat(chunks).toString()) as RotationEvent;
    started.events.push(event);
    try {
      response.end(JSON.stringify((await started.handler(event)) ?? null));
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      response.setHeader("x-amz-function-error", "Unhandled");
      response.end(JSON.stringify({ errorType, errorMessage }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const functions = { [functionArn]: { endpoint, ...entry } };
  writeFileSync(rotatorsFile, JSON.stringify({ functions }));
  return Object.assign(started, {
    arn: functionArn,
    rotatorsFile,
    async close() {
      rmSync(rotatorsFile);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** What AWS's own functions do with the labels; the values are "value of TOKEN". */
export function rotatingWith(secrets: SecretsManager): Handler {
  return async ({ Step, SecretId, ClientRequestToken: token }) => {
    const { VersionIdsToStages = {} } = await secrets.describeSecret({ SecretId });
    if (!VersionIdsToStages[token]?.includes("AWSPENDING")) throw new Error("not pending");
    if (Step === "createSecret") {
      await secrets.putSecretValue({
        SecretId,
        ClientRequestToken: token,
        SecretString: `value of ${token}`,
        VersionStages: ["AWSPENDING"],
      });
    }
    if (Step === "finishSecret") {
      const [before] = Object.entries(VersionIdsToStages).find(([, stages]) =>
        stages.includes("AWSCURRENT"),
      ) ?? [""];
      await secrets.updateSecretVersionStage({
        SecretId,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: token,
        RemoveFromVersionId: before,
      });
    }
  };
}

/** The client, signing at the vault's time for as long as it lives. */
export function atVaultTime<Client extends { readonly config: { systemClockOffset: number } }>(
  client: Client,
  clock: Clock,
): Client {
  const get = () => clock.now() - Date.now();
  Object.defineProperty(client.config, "systemClockOffset", { get, set() {} });
  return client;
}

/**
 * The vault's faults, without its doubt of a clock that is far ahead: it is where the test has put
 * it, and a vault that runs for a minute looks.
 */
export function faultsOf({ faults }: Pick<TestVault, "faults">): readonly unknown[] {
  return faults.filter((fault) => !/^Error: The clock is suddenly far ahead/.test(String(fault)));
}

/** Looks until it is so; fails the test where that takes too long. */
export async function eventually<Seen>(
  look: () => Promise<Seen>,
  isSo: (seen: Seen) => boolean,
): Promise<Seen> {
  const until = Date.now() + 15_000;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > until) throw new Error(`it never was so: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
