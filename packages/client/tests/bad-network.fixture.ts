/**
 * A network that fails on demand: a proxy on loopback between the client and a real service, which
 * counts the calls and, while there is trouble, does to them what networks and services do.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Trouble = "silence" | "reset" | "half a body" | 429 | 503;

export const troubles: readonly Trouble[] = ["silence", "reset", "half a body", 429, 503];

export interface BadNetwork {
  readonly url: string;
  /** Operations that were called, in their order; the change feed is none. */
  readonly calls: string[];
  /** Whatever was asked for, by its path. */
  readonly paths: string[];
  trouble: Trouble | undefined;
  /** What the service's clock shows, for a service whose clock is not this machine's. */
  date: (() => Date) | undefined;
  /** Ends every connection that there is. */
  cut(): void;
  close(): Promise<void>;
}

/** Signatures stay good: the Host that was signed is handed on. */
export async function badNetwork(service: string): Promise<BadNetwork> {
  const server = createServer((incoming, response) => void pass(incoming, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const network: BadNetwork = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    paths: [],
    trouble: undefined,
    date: undefined,
    cut: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function pass(incoming: IncomingMessage, response: ServerResponse) {
    network.paths.push(incoming.url ?? "");
    const target = incoming.headers["x-amz-target"];
    if (target !== undefined) network.calls.push(String(target).split(".").at(-1) ?? "");
    const { trouble } = network;
    if (trouble === "silence") return;
    if (trouble === "reset") {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (typeof trouble === "number") {
      response.writeHead(trouble).end();
      return;
    }
    const { method, url, headers } = incoming;
    const onward = request(`${service}${url}`, { method, headers, agent: false }, (reply) => {
      const date = network.date?.().toUTCString();
      response.writeHead(reply.statusCode ?? 502, { ...reply.headers, ...(date && { date }) });
      if (trouble === "half a body") void halve(reply, response);
      else reply.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  return network;
}

async function halve(reply: IncomingMessage, response: ServerResponse): Promise<void> {
  const whole = Buffer.concat(await reply.toArray());
  response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
}
