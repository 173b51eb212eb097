/**
 * Requests and their replies: takes a request's body within the limits, asks the pipeline, writes
 * the reply in its turn, and counts what is under way so that a drain knows when it is done. Every
 * request whose head arrived reaches the pipeline exactly once, cut-off and refused ones as a
 * `problem`.
 */
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { ApiError } from "../errors.ts";
import type { HttpReply, HttpRequest, WholeReply } from "../message.ts";
import { type Origin, type OriginOf, originReader, type Transport } from "./address.ts";
import { Connection, lingerBytesMax } from "./connection.ts";
import type { Head, UnreadableStatus } from "./head.ts";
import { Incoming } from "./incoming.ts";
import type { HttpLimits } from "./limits.ts";
import type { Logger } from "./logger.ts";
import * as refusals from "./refusals.ts";
import * as replies from "./reply.ts";
import { allowBody, ReplyWriter } from "./reply-writer.ts";

/** A client reads a reply and ends within a round trip; one that doesn't keeps nobody from closing. */
const leavingMilliseconds = 1_000;

export class Exchange {
  /** Requests that have arrived and whose replies the system's network stack doesn't have yet. */
  underWay = 0;
  readonly #handle: (request: HttpRequest) => Promise<HttpReply>;
  readonly #originOf: OriginOf;
  readonly #limits: HttpLimits;
  readonly #logger: Logger;
  readonly #health: replies.Health;
  readonly #connections = new Set<Connection>();
  readonly #replyWriter: ReplyWriter;
  /** Read, and about to be answered. */
  #read: Incoming[] = [];
  #bufferedBytes = 0;
  #isLeaving = false;
  #isDraining = false;
  #onIdle: (() => void) | undefined;
  #onEmpty: (() => void) | undefined;

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
    this.#replyWriter = new ReplyWriter(limits, logger);
  }

  /** A client has connected, and shaken hands where there is TLS. */
  connect(socket: Socket): void {
    const { headerBytesMax: headBytesMax, idleMilliseconds } = this.#limits;
    const plan = { originOf: this.#originOf, isLate: this.#isDraining, headBytesMax };
    this.#connections.add(new Connection(socket, this, plan));
    socket.setTimeout(idleMilliseconds, () => socket.destroy());
  }

  /** Serves on, but /health says that it won't for long. */
  leave(): void {
    this.#isLeaving = true;
    this.#replyWriter.leave();
  }

  /**
   * Closes what is idle and lets every other connection end with its last reply. Resolves when
   * nothing is under way.
   */
  drain(): Promise<void> {
    this.leave();
    this.#isDraining = true;
    this.#replyWriter.drain();
    for (const { socket, underWay, isLingering } of this.#connections) {
      if (underWay === 0 && !isLingering && !socket.writableEnded) socket.destroy();
    }
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.underWay === 0) resolve();
    });
  }

  /**
   * Resolves when those who were told their last reply have ended their side too, or soon: a socket
   * that is closed while its client still sends takes back what it hasn't read. All others are cut.
   */
  left(): Promise<void> {
    for (const connection of this.#connections) {
      if (connection.isLingering) connection.end();
      else if (!connection.socket.writableEnded) connection.socket.destroy();
    }
    return new Promise((resolve) => {
      const enough = setTimeout(resolve, leavingMilliseconds);
      this.#onEmpty = () => {
        clearTimeout(enough);
        resolve();
      };
      if (this.#connections.size === 0) this.#onEmpty();
    });
  }

  /** A request's head has arrived. */
  begin(connection: Connection, head: Head): void {
    connection.current = undefined;
    if (connection.isEnding) {
      connection.reader.isStopped = true;
      return;
    }
    if (connection.underWay + connection.elsewhere >= this.#limits.pipelinedRequestsMax) {
      connection.reader.isStopped = true;
      connection.socket.destroy();
      return;
    }
    const incoming = new Incoming(connection, head);
    if (!incoming.isOfPipeline) {
      this.#answerElsewhere(incoming);
      return;
    }
    connection.current = incoming;
    connection.unanswered.push(incoming);
    connection.underWay += 1;
    this.underWay += 1;
    incoming.problem = this.#problemOf(incoming);
    if (!head.isPersistent || incoming.problem !== undefined) connection.isEnding = true;
    const isWaiting = head.expectsContinue && incoming.hasBody;
    if (incoming.problem === undefined) {
      incoming.awaitsContinue = isWaiting;
      allowBody(connection);
    } else {
      // A client that waits for leave to send will not send: there is nothing to linger for.
      incoming.isComplete = isWaiting;
      this.#dispatch(incoming);
    }
  }

  /** A piece of a body has arrived. */
  receive(incoming: Incoming, piece: Buffer): void {
    const { bodyBytesMax, bufferedBytesMax } = this.#limits;
    incoming.bytesReceived += piece.length;
    if (incoming.problem !== undefined) {
      if (incoming.bytesReceived > bodyBytesMax + lingerBytesMax) {
        incoming.connection.socket.destroy();
      }
      return;
    }
    incoming.keep(piece);
    this.#bufferedBytes += piece.length;
    if (incoming.bytesReceived > bodyBytesMax) {
      this.#refuse(incoming, refusals.bodyTooLarge(bodyBytesMax));
    } else if (this.#bufferedBytes > bufferedBytesMax) {
      this.#refuse(incoming, refusals.tooBusy());
    }
  }

  /** A body is whole. */
  received(incoming: Incoming): void {
    incoming.isComplete = true;
    if (incoming.problem === undefined) this.#dispatch(incoming);
    else if (incoming.connection.isLingering) incoming.connection.end();
  }

  /** What a client sent can't be read, or took too long. */
  endUnreadable(connection: Connection, status: UnreadableStatus): void {
    const { socket, current } = connection;
    connection.reader.isStopped = true;
    if (!socket.writable) return;
    if (connection.isLingering) {
      connection.end();
      return;
    }
    connection.isEnding = true;
    if (current !== undefined && !current.isComplete) {
      current.isComplete = true;
      const isLate = status === 408;
      this.#refuse(current, isLate ? refusals.requestTimedOut() : refusals.bodyIncomplete());
    } else {
      connection.unreadable ??= status;
      this.#replyWriter.write(connection);
    }
  }

  /** Something threw that never should: the connection is lost, and nothing else. */
  endBroken(connection: Connection, fault: unknown): void {
    this.#logger.fault(fault, { kind: "connection" });
    connection.reader.isStopped = true;
    connection.socket.destroy();
  }

  /** The client sends nothing more, but may still read. */
  endedByClient(connection: Connection): void {
    const { socket, reader, unanswered } = connection;
    if (reader.isAmid) this.endUnreadable(connection, 400);
    else if (unanswered.length === 0) socket.destroySoon();
    else connection.isEnding = true;
  }

  /** The connection is gone. */
  closed(connection: Connection): void {
    const { current } = connection;
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
    connection.isEnding = true;
    connection.reader.isStopped = true;
    if (current !== undefined && !current.isComplete) {
      current.isComplete = true;
      this.#refuse(current, refusals.bodyIncomplete());
    }
  }

  /** Looks for those that take too long, and for those that want nothing any more. */
  lookAround(now: number): void {
    const { headersTimeoutMilliseconds, requestTimeoutMilliseconds, keepAliveMilliseconds } =
      this.#limits;
    const headMilliseconds = Math.min(headersTimeoutMilliseconds, requestTimeoutMilliseconds);
    for (const connection of this.#connections) {
      const { socket, reader, current, hasSent, underWay } = connection;
      connection.seenAt ??= now;
      const elapsed = now - connection.seenAt;
      if (socket.writableFinished) {
        if (elapsed > headMilliseconds) socket.destroy();
      } else if (reader.isAmid || !hasSent) {
        const isAmidBody = current?.isComplete === false;
        const most = isAmidBody ? requestTimeoutMilliseconds : headMilliseconds;
        if (elapsed > most) this.endUnreadable(connection, 408);
      } else if (underWay === 0 && elapsed > keepAliveMilliseconds) {
        socket.destroy();
      }
    }
  }

  /** A reply was handed to the system's network stack, or never will be. */
  settle(connection: Connection): void {
    if (!connection.reader.isAmid) connection.seenAt = undefined;
    connection.underWay -= 1;
    this.underWay -= 1;
    if (this.#isDraining && this.underWay === 0) this.#onIdle?.();
  }

  #answerElsewhere(incoming: Incoming): void {
    const { connection, head } = incoming;
    incoming.isComplete = true;
    incoming.reply = this.#replyElsewhere(head.target.split("?", 1)[0] ?? "");
    if (incoming.hasBody || !head.isPersistent) {
      connection.isEnding = true;
      connection.reader.isStopped = true;
    }
    connection.unanswered.push(incoming);
    connection.elsewhere += 1;
    this.#replyWriter.write(connection);
  }

  #replyElsewhere(path: string): WholeReply {
    if (path === "/health") return replies.healthReply(this.#health, this.#isLeaving);
    if (path !== "/metrics") return replies.noSuchPath();
    const connections = this.#connections.size;
    const requestsUnderWay = this.underWay;
    const isHealthy = !this.#isLeaving && this.#health.trouble() === undefined;
    const traffic = { isHealthy, connections, requestsUnderWay };
    return replies.metricsReply(this.#health.metrics(traffic));
  }

  /** What can be told from the head alone. */
  #problemOf(incoming: Incoming): ApiError | undefined {
    const { head, connection } = incoming;
    if (connection.isLate) return refusals.draining();
    const { problem } = this.#origin(incoming);
    if (problem !== undefined) return refusals.originRefused(problem);
    const { "content-encoding": encoding } = head.fields;
    if (encoding !== undefined && encoding !== "identity") return refusals.encodedBody();
    const { bodyBytesMax } = this.#limits;
    return head.length !== undefined && head.length > bodyBytesMax
      ? refusals.bodyTooLarge(bodyBytesMax)
      : undefined;
  }

  #origin({ head: { fields }, connection: { peer, origin } }: Incoming): Origin {
    const { "x-forwarded-for": forwardedFor, "x-forwarded-proto": forwardedProto } = fields;
    return forwardedFor === undefined && forwardedProto === undefined
      ? origin
      : this.#originOf(peer, forwardedFor, forwardedProto);
  }

  #refuse(incoming: Incoming, problem: ApiError): void {
    if (incoming.problem !== undefined) return;
    incoming.problem = problem;
    incoming.connection.isEnding = true;
    this.#dispatch(incoming);
  }

  /**
   * Requests that arrive together are read first and answered afterwards side by side, each step of
   * the way for all of them: its code and data are then still in the processor's caches.
   */
  #dispatch(incoming: Incoming): void {
    if (this.#read.push(incoming) === 1) setImmediate(() => this.#answerRead());
  }

  #answerRead(): void {
    const read = this.#read;
    this.#read = [];
    for (const incoming of read) void this.#answer(incoming);
  }

  async #answer(incoming: Incoming): Promise<void> {
    const { head } = incoming;
    const { address, isSecure } = this.#origin(incoming);
    try {
      incoming.reply = await this.#handle({
        method: head.method,
        target: head.target,
        headers: head.fields,
        body: incoming.takeBody(),
        sourceAddress: address,
        isSecureTransport: isSecure,
        problem: incoming.problem,
      });
    } catch (fault) {
      const requestId = randomUUID();
      this.#logger.fault(fault, { requestId });
      incoming.reply = replies.internalFailure(requestId);
    }
    this.#bufferedBytes -= incoming.bytesKept;
    this.#replyWriter.write(incoming.connection);
  }
}
