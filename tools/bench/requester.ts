/** Asks one vault over keep-alive connections and times each reply; signing is not in the time. */
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { VaultProcess } from "../harness/vault-process.ts";
import { type SignedRequest, signedRequest } from "./signed-request.ts";

export interface Question {
  readonly service: "secretsmanager" | "ssm";
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Reply {
  // biome-ignore lint/suspicious/noExplicitAny: outputs of every operation.
  readonly output: any;
  readonly milliseconds: number;
}

const targetPrefixes = { secretsmanager: "secretsmanager", ssm: "AmazonSSM" } as const;

export class Requester {
  readonly #vault: VaultProcess;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(vault: VaultProcess) {
    this.#vault = vault;
  }

  /** To be sent within five minutes. */
  sign({ service, operation, input }: Question): SignedRequest {
    const { url, environment } = this.#vault;
    const target = `${targetPrefixes[service]}.${operation}`;
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = environment;
    const keys = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    return signedRequest({ url, service, target, ...keys }, input);
  }

  /** Throws for anything but a success. */
  async send({ headers, body }: SignedRequest): Promise<Reply> {
    const startedAt = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options = { method: "POST", agent: this.#agent, headers };
    httpRequest(this.#vault.url, options, resolve).on("error", reject).end(body);
    const response = await promise;
    const answer = await text(response);
    const milliseconds = performance.now() - startedAt;
    if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${answer}`);
    return { output: JSON.parse(answer), milliseconds };
  }

  ask(question: Question): Promise<Reply> {
    return this.send(this.sign(question));
  }

  close(): void {
    this.#agent.destroy();
  }
}

export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
