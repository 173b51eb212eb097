/**
 * The HTTP server under both endpoints: small requests without bodies, one a connection, bounded
 * in number, size and time, and only for clients that named an address (listening-address.ts).
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { mayServe, namesAnAddress } from "./listening-address.ts";

export interface LocalReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Endpoint {
  readonly kind: "imds" | "container";
  /** From a request's method, path and headers to its reply. */
  answer(request: IncomingMessage, path: string): LocalReply | Promise<LocalReply>;
}

/** Paths of PEM files. */
export interface Tls {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface ListeningAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: Tls | undefined;
}

export interface LocalServer {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  close(): Promise<void>;
}

const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};
const connectionsMax = 256;
/** Longer than a reply that waits for STS. */
const idleMilliseconds = 10_000;

/** Resolves once requests are served. Rejects with node's error if the address can't be had. */
export async function serveLocally(
  endpoint: Endpoint,
  { host, port, tls }: ListeningAddress,
): Promise<LocalServer> {
  if (!mayServe(endpoint.kind, host, tls !== undefined)) {
    throw new RangeError(`credentials may not be served on ${host}`);
  }
  const server = makeServer(tls);
  // Under TLS the certificate vouches for the name, which a rebound page can't have.
  const isTrusted = (name: string | undefined) => tls !== undefined || namesAnAddress(name);
  server.on("request", async (request, response) => {
    send(response, isTrusted(request.headers.host) ? await answer(endpoint, request) : forbidden);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  const authority = host.includes(":") ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? "http" : "https"}://${authority}:${taken}`,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

const forbidden: LocalReply = { status: 403, body: "the Host header must be an address\n" };

function makeServer(tls: Tls | undefined): Server {
  const server =
    tls === undefined
      ? createServer(limits)
      : createTlsServer({
          ...limits,
          cert: readFileSync(tls.certFile),
          key: readFileSync(tls.keyFile),
          minVersion: "TLSv1.2",
          handshakeTimeout: limits.headersTimeout,
        });
  server.maxConnections = connectionsMax;
  server.setTimeout(idleMilliseconds);
  return server;
}

async function answer(endpoint: Endpoint, request: IncomingMessage): Promise<LocalReply> {
  try {
    // Nobody's SDK sends a query here; the path is all there is to go by.
    const [path = ""] = (request.url ?? "").split("?");
    return await endpoint.answer(request, path);
  } catch {
    // What went wrong is told by WorkloadCredentials; here it could only say too much.
    return { status: 500, body: "" };
  }
}

function send(response: ServerResponse, { status, headers, body }: LocalReply): void {
  // A connection a request: a body that somebody sends is never read, however long it is.
  response.writeHead(status, {
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    connection: "close",
    ...headers,
  });
  response.end(body);
}
