/**
 * Requests and their replies: reads a body within its limits, asks the pipeline, writes the
 * reply, and counts what is under way so that a drain knows when it is done. Every request whose
 * head arrived reaches the pipeline exactly once, cut-off and refused ones as a `problem`.
 */
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ApiError } from "../errors.ts";
import type { HttpReply, HttpRequest, StreamedReply, WholeReply } from "../message.ts";
import { type Origin, type OriginOf, originReader, type Transport } from "./address.ts";
import { Connection } from "./connection.ts";
import type { Incoming } from "./incoming.ts";
import type { HttpLimits } from "./limits.ts";
import type { Logger } from "./logger.ts";
import * as refusals from "./refusals.ts";
import * as replies from "./reply.ts";
import { isStreamed, stream } from "./streaming.ts";

/** What a refused client may still send before it is cut off without reading its reply. */
const lingerBytesMax = 8 * 1024 * 1024;

export class Exchange {
  /** Requests that have arrived and whose replies the system's network stack doesn't have yet. */
  underWay = 0;
  readonly #handle: (request: HttpRequest) => Promise<HttpReply>;
  readonly #originOf: OriginOf;
  readonly #limits: HttpLimits;
  readonly #logger: Logger;
  readonly #health: replies.Health;
  /** Those that have sent a request. */
  readonly #connections = new Map<Socket, Connection>();
  readonly #streams = new Set<StreamedReply>();
  /** Read, and about to be answered. */
  #read: Incoming[] = [];
  #bufferedBytes = 0;
  #isDraining = false;
  #onIdle: (() => void) | undefined;

  constructor(
    handle: (request: HttpRequest) => Promise<HttpReply>,
    transport: Transport,
    limits: HttpLimits,
    logger: Logger,
    health: replies.Health,
  ) {
    this.#handle = handle;
    this.#originOf = originReader(transport);
    this.#limits = limits;
    this.#logger = logger;
    this.#health = health;
  }

  /**
   * Closes what is idle and lets every other connection end with its next reply. Resolves when
   * nothing is under way.
   */
  drain(): Promise<void> {
    this.#isDraining = true;
    for (const { body } of this.#streams) body.close();
    for (const [socket, { underWay }] of this.#connections) {
      if (underWay === 0) socket.destroy();
    }
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.underWay === 0) resolve();
    });
  }

  /** A request's head has arrived. */
  begin(incoming: Incoming, response: ServerResponse, expectsContinue = false): void {
    const { socket, url = "" } = incoming;
    const connection = this.#connections.get(socket) ?? this.#connect(socket);
    if (connection.isEnding) return;
    if (!isOfThePipeline(url)) {
      this.#answerElsewhere(url, incoming, response);
      return;
    }
    if (connection.underWay >= this.#limits.pipelinedRequestsMax) {
      socket.destroy();
      return;
    }
    connection.underWay += 1;
    this.underWay += 1;
    incoming.exchange = this;
    incoming.connectionState = connection;
    incoming.response = response;
    incoming.problem = this.#problemOf(incoming);
    if (!incoming.hasBody()) {
      this.#dispatch(incoming);
    } else if (incoming.problem === undefined) {
      if (expectsContinue) response.writeContinue();
      connection.reading.add(incoming);
      incoming.readBody();
    } else {
      // A client that waits for leave to send will not send: there is nothing to linger for.
      connection.isEnding = expectsContinue;
      this.#dispatch(incoming);
      incoming.readBody();
    }
  }

  /** A piece of a body has arrived. */
  receive(incoming: Incoming, chunk: Buffer): void {
    const { bodyBytesMax, bufferedBytesMax } = this.#limits;
    if (incoming.problem !== undefined) {
      if (incoming.bytesReceived > bodyBytesMax + lingerBytesMax) incoming.socket.destroy();
      return;
    }
    incoming.keep(chunk);
    this.#bufferedBytes += chunk.length;
    if (incoming.bytesReceived > bodyBytesMax) {
      this.#refuse(incoming, refusals.bodyTooLarge(bodyBytesMax));
    } else if (this.#bufferedBytes > bufferedBytesMax) {
      this.#refuse(incoming, refusals.tooBusy());
    }
  }

  /** A body is whole. */
  received(incoming: Incoming): void {
    if (incoming.problem === undefined) this.#dispatch(incoming);
    else if (incoming.connectionState.isLingering) incoming.response.end();
  }

  /** What a client sent is no HTTP, broke off, or took too long. */
  endUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (!socket.writable || connection?.isLingering === true) {
      socket.destroy();
    } else if (connection === undefined || connection.underWay === 0) {
      if (connection !== undefined) connection.isEnding = true;
      replies.refuseUnreadable(socket, error.code);
    } else {
      connection.isEnding = true;
      const isLate = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
      const problem = isLate ? refusals.requestTimedOut() : refusals.bodyIncomplete();
      for (const incoming of connection.reading) {
        if (!incoming.complete) this.#refuse(incoming, problem);
      }
    }
  }

  #connect(socket: Socket): Connection {
    const connection = new Connection(socket, this.#originOf, this.#isDraining);
    this.#connections.set(socket, connection);
    socket.once("close", () => {
      this.#connections.delete(socket);
      connection.isEnding = true;
      for (const incoming of connection.reading) this.#refuse(incoming, refusals.bodyIncomplete());
    });
    return connection;
  }

  #answerElsewhere(url: string, incoming: Incoming, response: ServerResponse): void {
    const reply = this.#replyElsewhere(url.split("?", 1)[0] ?? "");
    replies.send(response, reply, this.#isDraining || incoming.hasBody());
  }

  #replyElsewhere(path: string): WholeReply {
    if (path === "/health") return replies.healthReply(this.#health, this.#isDraining);
    if (path !== "/metrics") return replies.noSuchPath();
    const connections = this.#connections.size;
    const requestsUnderWay = this.underWay;
    const isHealthy = !this.#isDraining && this.#health.trouble() === undefined;
    const traffic = { isHealthy, connections, requestsUnderWay };
    return replies.metricsReply(this.#health.metrics(traffic));
  }

  /** What can be told from the head alone. */
  #problemOf(incoming: Incoming): ApiError | undefined {
    const { headers, connectionState } = incoming;
    if (connectionState.isLate) return refusals.draining();
    const { problem } = this.#origin(incoming);
    if (problem !== undefined) return refusals.originRefused(problem);
    if ((headers["content-encoding"] ?? "identity") !== "identity") return refusals.encodedBody();
    const { bodyBytesMax } = this.#limits;
    return Number(headers["content-length"]) > bodyBytesMax
      ? refusals.bodyTooLarge(bodyBytesMax)
      : undefined;
  }

  #origin({ headers, connectionState: { peer, origin } }: Incoming): Origin {
    const forwardedFor = headers["x-forwarded-for"] as string | undefined;
    const forwardedProto = headers["x-forwarded-proto"] as string | undefined;
    return forwardedFor === undefined && forwardedProto === undefined
      ? origin
      : this.#originOf(peer, forwardedFor, forwardedProto);
  }

  #refuse(incoming: Incoming, problem: ApiError): void {
    incoming.problem = problem;
    this.#dispatch(incoming);
  }

  /**
   * Requests that arrive together are read first and answered afterwards side by side, each step of
   * the way for all of them: its code and data are then still in the processor's caches.
   */
  #dispatch(incoming: Incoming): void {
    incoming.connectionState.reading.delete(incoming);
    if (this.#read.push(incoming) === 1) setImmediate(() => this.#answerRead());
  }

  #answerRead(): void {
    const read = this.#read;
    this.#read = [];
    for (const incoming of read) void this.#answer(incoming);
  }

  async #answer(incoming: Incoming): Promise<void> {
    const { connectionState: connection } = incoming;
    const { address, isSecure } = this.#origin(incoming);
    let reply: HttpReply;
    try {
      reply = await this.#handle({
        method: incoming.method as string,
        target: incoming.url as string,
        headers: incoming.headers,
        body: incoming.takeBody(),
        sourceAddress: address,
        isSecureTransport: isSecure,
        problem: incoming.problem,
      });
    } catch (fault) {
      const requestId = randomUUID();
      this.#logger.fault(fault, { requestId });
      reply = replies.internalFailure(requestId);
    }
    this.#bufferedBytes -= incoming.bytesKept;
    try {
      this.#reply(incoming, reply);
    } catch (fault) {
      // A header that node:http won't write: nothing readable can be said on this connection.
      this.#logger.fault(fault, { status: reply.status });
      incoming.socket.destroy();
    }
    // Nearly every reply fits into the socket's buffer and is off our hands at once.
    const isUnsent = isStreamed(reply) || incoming.response.writableLength > 0;
    if (isUnsent && !incoming.socket.destroyed) this.#settleOnceSent(incoming);
    else this.#settle(connection);
  }

  #settleOnceSent({ connectionState, response, socket }: Incoming): void {
    let isSettled = false;
    const settle = () => {
      if (!isSettled) this.#settle(connectionState);
      isSettled = true;
    };
    response.once("finish", settle);
    socket.once("close", settle);
  }

  #settle(connection: Connection): void {
    connection.underWay -= 1;
    this.underWay -= 1;
    if (this.#isDraining && this.underWay === 0) this.#onIdle?.();
  }

  #reply(incoming: Incoming, reply: HttpReply): void {
    const { connectionState: connection, response } = incoming;
    if (isStreamed(reply)) {
      connection.isEnding = true;
      this.#stream(response, reply);
      return;
    }
    if (response.destroyed) return;
    if (incoming.complete || connection.isEnding) {
      const isLast = this.#isDraining || connection.isEnding || incoming.problem !== undefined;
      replies.send(response, reply, isLast);
    } else {
      connection.isEnding = true;
      connection.isLingering = true;
      replies.sendAndLinger(response, reply);
    }
  }

  #stream(response: ServerResponse, reply: StreamedReply): void {
    this.#streams.add(reply);
    if (this.#isDraining) reply.body.close();
    const { unreadMilliseconds } = this.#limits;
    void stream(response, reply, unreadMilliseconds).then(() => this.#streams.delete(reply));
  }
}

function isOfThePipeline(url: string): boolean {
  return url === "/" || url.startsWith("/?") || url === "/changes" || url.startsWith("/changes?");
}
