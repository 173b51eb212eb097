/** For the listener's tests: a listener of their own, and raw sockets that talk to it. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect } from "vitest";
import { eventually } from "../../../../tools/harness/eventually.ts";
import type { HttpReply, HttpRequest } from "../message.ts";
import type { HttpLimits } from "./limits.ts";
import { type Listener, type ListenerConfiguration, listen } from "./listener.ts";
import { createLogger } from "./logger.ts";

const open: Listener[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

/** Tells how long the body was, or what the problem is. */
export function echo({ body, problem }: HttpRequest): Promise<HttpReply> {
  const text = problem?.code ?? `${body.length} bytes`;
  return Promise.resolve({ status: 200, headers: { "x-amzn-RequestId": "id" }, body: text });
}

export async function later(request: HttpRequest): Promise<HttpReply> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return echo(request);
}

export async function started(
  http: Partial<HttpLimits> = {},
  handle: (request: HttpRequest) => Promise<HttpReply> = echo,
  more: Partial<ListenerConfiguration & HttpLimits> = {},
  trouble: () => string | undefined = () => undefined,
) {
  const seen: HttpRequest[] = [];
  const faults: unknown[] = [];
  const listener = await listen(
    (request) => {
      seen.push({ ...request, headers: { ...request.headers } });
      return handle(request);
    },
    {
      host: "127.0.0.1",
      port: 0,
      tls: undefined,
      trustedProxies: [],
      isInsecure: false,
      ...more,
      http: { drainMilliseconds: more.drainMilliseconds ?? 1000, ...http },
    },
    { ...createLogger({ to: "nowhere" }), fault: (fault) => faults.push(fault) },
    {
      version: "1.2.3",
      trouble,
      metrics: ({ connections, requestsUnderWay, certificateExpiresAt = "never" }) =>
        `${connections} ${requestsUnderWay}\nends ${certificateExpiresAt}\n`,
    },
  );
  open.push(listener);
  const talk = async (bytes: string) => {
    const socket = await connected(listener.url);
    socket.write(bytes, "latin1");
    return everything(socket);
  };
  return { url: listener.url, listener, seen, faults, talk };
}

export function get(target: string, headers = "", connection = "close"): string {
  return `GET ${target} HTTP/1.1\r\nHost: v\r\n${headers}Connection: ${connection}\r\n\r\n`;
}

export function post(body: string, headers = "", target = "/"): string {
  return `POST ${target} HTTP/1.1\r\nHost: v\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}
export const waiting = "Expect: 100-continue\r\n";

export async function bodyOf(url: string, body: string): Promise<string> {
  return (await fetch(url, { method: "POST", body })).text();
}

export async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** All that the server says until it closes. */
export function everything(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
    socket.resume();
  });
}

/** Resolves once the server has closed, however roughly. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.on("close", () => resolve());
    socket.resume();
  });
}

/** Collects what arrives while the test goes on. */
export function listening(socket: Socket): () => string {
  let text = "";
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
  });
  return () => text;
}

/** But for the asking. */
export async function expectNothingUnderWay(url: string): Promise<void> {
  await eventually(async () => {
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^1 0\n/);
  });
}
