/**
 * The HTTP listener: takes whole, bounded requests off the network, hands them to the pipeline,
 * writes its replies, and drains on closing. It knows no AWS; what it must refuse it hands on as
 * the request's `problem`, so that the refusal is audited and has its protocol's form.
 */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { HttpReply, HttpRequest } from "../message.ts";
import { transportRule } from "./address.ts";
import { type CertificateFiles, ServedCertificate } from "./certificate.ts";
import { Exchange } from "./exchange.ts";
import { defaultHttpLimits, type HttpLimits } from "./limits.ts";
import type { Logger } from "./logger.ts";
import type { Health } from "./reply.ts";

export interface ListenerConfiguration {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: CertificateFiles | undefined;
  readonly trustedProxies: readonly string[];
  readonly isInsecure: boolean;
  readonly http?: Partial<HttpLimits> | undefined;
}

export interface Listener {
  /** `http://127.0.0.1:7400` */
  readonly url: string;
  /**
   * Behind a proxy, serves on while /health says 503: resolves when the proxy has had the time to
   * send its clients elsewhere. Without one, at once.
   */
  leave(): Promise<void>;
  /**
   * Finishes what is under way, within a bound; meanwhile /health says 503 and newcomers are
   * told to come back. May be called more than once.
   */
  close(): Promise<void>;
  /** Looks at once whether there is a new certificate; undefined without TLS. Never rejects. */
  readonly renewCertificate: (() => Promise<void>) | undefined;
}

export type Handle = (request: HttpRequest) => Promise<HttpReply>;

/** Resolves once requests are served. Rejects with node's error if the address can't be had. */
export async function listen(
  handle: Handle,
  configuration: ListenerConfiguration,
  logger: Logger,
  health: Health,
): Promise<Listener> {
  const transport = { ...configuration, hasTls: configuration.tls !== undefined };
  const ruling = transportRule(transport);
  if (!ruling.isAllowed) throw new Error(`${ruling.message}: ${ruling.hint}`);

  const limits: HttpLimits = { ...defaultHttpLimits, ...configuration.http };
  const certificate = configuration.tls && new ServedCertificate(configuration.tls, logger);
  const server = makeServer(certificate, limits);
  const exchange = new Exchange(handle, transport, limits, logger, {
    ...health,
    metrics: (traffic) =>
      health.metrics({ ...traffic, certificateExpiresAt: certificate?.expiresAt }),
  });
  server.on(certificate ? "secureConnection" : "connection", (socket: Socket) =>
    exchange.connect(socket),
  );
  // Whoever shook no hands could read no reply.
  server.on("tlsClientError", (_, socket: Socket) => socket.destroy());
  const looking = lookRegularly(exchange, limits);
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  await opened(server, configuration);
  const url = urlOf(server, configuration);
  logger.info("Serving", { url, version: health.version });

  let closing: Promise<void> | undefined;
  return {
    url,
    renewCertificate: certificate && (() => certificate.look()),
    leave() {
      if (configuration.trustedProxies.length === 0) return Promise.resolve();
      logger.info("Leaving");
      exchange.leave();
      return new Promise((resolve) => setTimeout(resolve, limits.leaveMilliseconds).unref());
    },
    close: () => {
      certificate?.close();
      clearInterval(looking);
      closing ??= drain({ server, connections }, exchange, limits, logger);
      return closing;
    },
  };
}

function makeServer(certificate: ServedCertificate | undefined, limits: HttpLimits): Server {
  // A client that has sent all it has may still wait for replies.
  const options = { noDelay: true, allowHalfOpen: true };
  const server = certificate
    ? certificate.servedBy(
        createTlsServer({
          ...options,
          ...certificate.options,
          ALPNProtocols: ["http/1.1", "http/1.0"],
          handshakeTimeout: limits.headersTimeoutMilliseconds,
        }),
      )
    : createServer(options);
  server.maxConnections = limits.connectionsMax;
  return server;
}

/** Often enough that nothing takes much longer than it may. */
function lookRegularly(exchange: Exchange, limits: HttpLimits): NodeJS.Timeout {
  const { headersTimeoutMilliseconds, requestTimeoutMilliseconds, keepAliveMilliseconds } = limits;
  const shortest = Math.min(
    headersTimeoutMilliseconds,
    requestTimeoutMilliseconds,
    keepAliveMilliseconds,
  );
  const look = () => exchange.lookAround(performance.now());
  return setInterval(look, Math.ceil(shortest / 4)).unref();
}

function opened(server: Server, { host, port }: ListenerConfiguration): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function urlOf(server: Server, { tls, host }: ListenerConfiguration): string {
  const { port } = server.address() as AddressInfo;
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  const authority = reachable.includes(":") ? `[${reachable}]` : reachable;
  return `${tls === undefined ? "http" : "https"}://${authority}:${port}`;
}

interface Serving {
  readonly server: Server;
  /** All, also those that shake hands still, of which the exchange knows nothing yet. */
  readonly connections: ReadonlySet<Socket>;
}

async function drain(
  { server, connections }: Serving,
  exchange: Exchange,
  { drainMilliseconds }: HttpLimits,
  logger: Logger,
): Promise<void> {
  logger.info("Draining", { count: exchange.underWay });
  const idle = exchange.drain().then(() => exchange.left());
  let bound: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    bound = setTimeout(resolve, drainMilliseconds);
  });
  await Promise.race([idle, elapsed]);
  clearTimeout(bound);
  if (exchange.underWay > 0) {
    logger.warn("Closing with requests under way", { count: exchange.underWay });
  }
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const connection of connections) connection.destroy();
  await closed;
  logger.info("Closed");
}
