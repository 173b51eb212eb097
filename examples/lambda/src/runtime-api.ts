/**
 * A stand-in for Lambda's Runtime API on loopback, for a function that runs as a process here: it
 * hands out events one by one and collects what became of them.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What the function returned, or the error that it, or its initialisation, ended with. */
export type Outcome = { readonly returned: unknown } | { readonly failed: unknown };

export interface RuntimeApi {
  /** For AWS_LAMBDA_RUNTIME_API. */
  readonly host: string;
  /** Resolves when the function has answered, also with an error. */
  invoke(event: object): Promise<Outcome>;
  close(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly event: object;
  settle(outcome: Outcome): void;
}

const timeoutMilliseconds = 30_000;

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const waiting: Invocation[] = [];
  const running = new Map<string, Invocation>();
  let idle: ServerResponse | undefined;
  let initError: Outcome | undefined;

  function next(response: ServerResponse): void {
    const invocation = waiting.shift();
    if (invocation === undefined) {
      idle = response;
      return;
    }
    running.set(invocation.id, invocation);
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": invocation.id,
      "lambda-runtime-deadline-ms": Date.now() + timeoutMilliseconds,
    });
    response.end(JSON.stringify(invocation.event));
  }

  async function settle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id = "", kind] =
      /\/(?:invocation\/([^/]+)|init)\/(\w+)$/.exec(request.url ?? "") ?? [];
    const body = JSON.parse(await text(request));
    const outcome = kind === "response" ? { returned: body } : { failed: body };
    const settled = id === "" ? waiting.splice(0) : [running.get(id)];
    if (id === "") initError = outcome;
    for (const invocation of settled) invocation?.settle(outcome);
    running.delete(id);
    response.writeHead(202).end();
  }

  const server = createServer((request, response) => {
    if (request.url === "/2018-06-01/runtime/invocation/next") next(response);
    else void settle(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    invoke(event) {
      if (initError !== undefined) return Promise.resolve(initError);
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      waiting.push({ id: randomUUID(), event, settle: resolve });
      const response = idle;
      idle = undefined;
      if (response !== undefined) next(response);
      return promise;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
