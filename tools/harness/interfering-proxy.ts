/**
 * Stands between two that speak HTTP: sees each request before it is passed on and after it has
 * taken effect, and may do something then, answer instead, or leave it without an answer.
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

export interface Passing {
  readonly moment: "before" | "after";
  readonly method: string;
  readonly path: string;
  /** The request's. */
  readonly body: string;
}

export type Verdict = "pass" | "hang up" | Reply;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string | Buffer;
}

export interface InterferingProxy {
  readonly url: string;
  /** Asked twice of every request; lets all pass until it is set. */
  interfere: (passing: Passing) => Promise<Verdict>;
  close(): void;
}

/** `target`: an origin. */
export async function startInterferingProxy(target: string): Promise<InterferingProxy> {
  const server = createServer(async (incoming, outgoing) => {
    const { method = "", url: path = "" } = incoming;
    const sent = await buffer(incoming);
    const request = { method, path, body: sent.toString() };
    const before = await proxy.interfere({ moment: "before", ...request });
    if (before !== "pass") return answer(before, outgoing);
    const reply = await forwarded(target, incoming, sent).catch((): Verdict => "hang up");
    const after = await proxy.interfere({ moment: "after", ...request });
    answer(after === "pass" ? reply : after, outgoing);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  const proxy: InterferingProxy = {
    url: `http://127.0.0.1:${port}`,
    interfere: async () => "pass",
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return proxy;
}

function answer(verdict: Verdict, outgoing: ServerResponse): void {
  if (typeof verdict === "string") {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(verdict.status, { ...verdict.headers, connection: "close" });
  outgoing.end(verdict.body);
}

function forwarded(
  target: string,
  { method, url = "", headers }: IncomingMessage,
  body: Buffer,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { host: _, ...kept } = headers;
    const sent = request(target + url, { method, headers: kept, agent: false }, async (reply) => {
      const { statusCode: status = 502, headers } = reply;
      resolve({ status, headers, body: await buffer(reply) });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
