/**
 * Serves the rotators as AWS Lambda's Invoke API does, on loopback, to whoever has the token.
 * Bounded in the size, the number and the time of what it takes; it logs nothing.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { invoke } from "./handler.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { RotationFailure, type Rotator } from "./rotator.ts";
import { describe, type OperatorsOwn, rotatorsByType } from "./rotators.ts";
import type { StepReply } from "./steps.ts";

export interface RotatorHost {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /** Of every request's `Authorization: Bearer`. */
  readonly token: string;
  /** Takes nothing more, and resolves once what is under way has been answered. */
  close(): Promise<void>;
}

export interface RotatorHostOptions extends OperatorsOwn {
  readonly token: string;
}

const bodyBytesMax = 64 * 1024;
const invocationsMax = 32;
/** Less than the minute that the vault waits, so that it hears of it. */
const stepMillisecondsMax = 55_000;
const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};

/** Resolves once it listens. Throws where a description of a type is wrong. */
export async function startRotatorHost(options: RotatorHostOptions): Promise<RotatorHost> {
  const rotators = rotatorsByType(options);
  const invocations = new Invocations(rotators);
  const server = createServer(limits, async (request, response) => {
    send(response, await answer(request, options.token, rotators, invocations));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token: options.token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

async function answer(
  request: IncomingMessage,
  token: string,
  rotators: ReadonlyMap<string, Rotator>,
  invocations: Invocations,
): Promise<Reply> {
  const { method, url = "", headers } = request;
  if (!isSame(headers.authorization ?? "", `Bearer ${token}`)) {
    return refused(403, "AccessDeniedException", "The bearer token is not this host's.");
  }
  if (method === "GET" && url === "/types") {
    return { status: 200, body: [...rotators.values()].map(describe) };
  }
  if (method !== "POST" || !/^\/2015-03-31\/functions\/[^/]+\/invocations$/.test(url)) {
    return refused(404, "ResourceNotFoundException", "There is nothing at this path.");
  }
  if ((headers["x-amz-invocation-type"] ?? "RequestResponse") !== "RequestResponse") {
    return refused(400, "InvalidParameterValueException", "Only RequestResponse is served.");
  }
  const body = await read(request);
  if (body === undefined) {
    return refused(413, "RequestTooLargeException", `The event exceeds ${bodyBytesMax} bytes.`);
  }
  return invocations.take(body);
}

class Invocations {
  readonly #rotators: ReadonlyMap<string, Rotator>;
  readonly #bySecret = new OneAtATime();
  #underWay = 0;

  constructor(rotators: ReadonlyMap<string, Rotator>) {
    this.#rotators = rotators;
  }

  async take(body: string): Promise<Reply> {
    let event: { SecretId?: unknown } | null;
    try {
      event = JSON.parse(body);
    } catch {
      return refused(400, "InvalidRequestContentException", "The event is not JSON.");
    }
    if (this.#underWay >= invocationsMax) {
      return refused(429, "TooManyRequestsException", "Too many steps are under way.");
    }
    this.#underWay += 1;
    try {
      return { status: 200, body: await this.#invoke(event) };
    } catch (error) {
      // As Lambda tells what a function threw.
      const { name: errorType, message: errorMessage } = error as Error;
      const headers = { "x-amz-function-error": "Unhandled" };
      return { status: 200, headers, body: { errorType, errorMessage } };
    } finally {
      this.#underWay -= 1;
    }
  }

  /**
   * A step that doesn't end in time is given up here, and yet the secret's next one waits for it:
   * two of them must not be at work side by side.
   */
  async #invoke(event: { SecretId?: unknown } | null): Promise<StepReply> {
    const signal = AbortSignal.timeout(stepMillisecondsMax);
    const surroundings = { rotators: this.#rotators, hasOwnIdentity: false, signal };
    const tooLate = new Promise<never>((_resolve, reject) => {
      const failure = new RotationFailure("The step took too long.");
      signal.addEventListener("abort", () => reject(failure), { once: true });
    });
    const step = this.#bySecret.run(String(event?.SecretId), () => invoke(event, surroundings));
    return Promise.race([step, tooLate]);
  }
}

/** Undefined where it is too long: the rest is not read, and the connection ends. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    connection: "close",
    ...headers,
  });
  response.end(text);
}

/** Lambda's own refusals, of which no function heard. */
function refused(status: number, type: string, message: string): Reply {
  return {
    status,
    headers: { "x-amzn-errortype": type },
    body: { Type: "User", Message: message },
  };
}

/** Of equal digests: neither time nor an early return tells how much of a guess was right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
