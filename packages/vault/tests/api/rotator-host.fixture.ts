/**
 * For tests: a host of built-in rotators with one type of keys, and the provider of those, which
 * knows which of them are alive.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { type Clock, systemClock } from "../../src/clock.ts";
import { atVaultTime } from "./rotation.fixture.ts";

export interface BuiltInEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  readonly Claviger: {
    readonly Type: string;
    readonly Metadata: Readonly<Record<string, string>>;
    readonly OldVersionId?: string;
    readonly Endpoint: string;
    readonly Region: string;
    readonly Credentials: {
      readonly AccessKeyId: string;
      readonly SecretAccessKey: string;
      readonly SessionToken: string;
    };
  };
}

const type = {
  type: "TestKey",
  title: "A key of a test",
  strategy: "overlap",
  revokes: true,
  metadata: {
    adminSecretArn: { required: false, says: "" },
    gracePeriod: { required: false, says: "" },
    readerDays: { required: false, says: "" },
    project: { required: true, says: "" },
  },
  standing: "tested against a stand-in",
  documentation: "https://example.com",
};

export class TestHost {
  readonly events: BuiltInEvent[] = [];
  /** The keys that the provider takes, by the version that has them. */
  readonly alive = new Set<string>();
  /** Thrown by steps of these names. */
  readonly failing = new Set<string>();
  /** Keys that can't be revoked. */
  readonly undead = new Set<string>();
  /** What a step answers beside its success. */
  readonly replies = new Map<string, unknown>();
  /** The vault's. */
  clock: Clock = systemClock;
  readonly #server = createServer(async (request, response) => {
    if (request.headers.authorization !== "Bearer of the test")
      return response.writeHead(403).end();
    if (request.method === "GET") return response.end(JSON.stringify([type]));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const event = JSON.parse(Buffer.concat(chunks).toString()) as BuiltInEvent;
    this.events.push(event);
    try {
      await this.#take(event);
      return response.end(JSON.stringify(this.replies.get(event.Step) ?? null));
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      response.setHeader("x-amz-function-error", "Unhandled");
      return response.end(JSON.stringify({ errorType, errorMessage }));
    }
  });

  /** As the vault starts it. */
  readonly start = async () => {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      token: "of the test",
      close: async () => {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
      },
    };
  };

  stepsOf(name: string): string[] {
    const own = this.events.filter(({ SecretId }) => SecretId.includes(`:${name}-`));
    return own.map(({ Step }) => Step);
  }

  forget(): void {
    this.events.length = 0;
    this.alive.clear();
    this.failing.clear();
    this.undead.clear();
    this.replies.clear();
  }

  async #take({ Step, SecretId, ClientRequestToken: token, Claviger }: BuiltInEvent) {
    const secrets = this.clientOf(Claviger);
    if (this.undead.has(token) && Step === "revokeSecret") throw new Error("it won't die");
    const isByHand = this.replies.has(Step) && Step !== "finishSecret";
    if (Step === "revokeSecret" && !isByHand) this.alive.delete(token);
    else if (Step === "createSecret" && !isByHand) {
      this.alive.add(token);
      await secrets.putSecretValue({
        SecretId,
        ClientRequestToken: token,
        SecretString: `key ${token}`,
        VersionStages: ["AWSPENDING"],
      });
    }
    if (this.failing.has(Step)) throw new Error(`no ${Step} today`);
    if (Step === "finishSecret") {
      await secrets.updateSecretVersionStage({
        SecretId,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: token,
        ...(Claviger.OldVersionId && { RemoveFromVersionId: Claviger.OldVersionId }),
      });
    }
  }

  /** What a rotator calls the vault back with. */
  clientOf({ Endpoint, Region, Credentials }: BuiltInEvent["Claviger"]): SecretsManager {
    const secrets = new SecretsManager({
      endpoint: Endpoint,
      region: Region,
      maxAttempts: 1,
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
      },
    });
    return atVaultTime(secrets, this.clock);
  }
}
