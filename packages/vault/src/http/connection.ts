/** One connection: what arrives on it goes to the exchange as requests, whose replies keep their order. */
import type { Socket } from "node:net";
import { canonicalAddress, type Origin, type OriginOf } from "./address.ts";
import type { Exchange } from "./exchange.ts";
import { type Head, Unreadable, type UnreadableStatus } from "./head.ts";
import type { Incoming } from "./incoming.ts";
import { RequestReader, type RequestSink } from "./request-reader.ts";

/** What a refused client may still send before it is cut off without reading its reply. */
export const lingerBytesMax = 8 * 1024 * 1024;

export class Connection implements RequestSink {
  readonly socket: Socket;
  /** The peer's, in canonical form; "" where the socket was gone before it could be asked. */
  readonly peer: string;
  /** Of requests without X-Forwarded headers. */
  readonly origin: Origin;
  /** It began after the draining did: it is only told so. */
  readonly isLate: boolean;
  readonly reader: RequestReader;
  /** In the order in which they arrived. */
  readonly unanswered: Incoming[] = [];
  /** Those of the pipeline's requests whose replies the system's network stack doesn't have yet. */
  underWay = 0;
  /** The same of all other requests. */
  elsewhere = 0;
  /** Whose body is arriving. */
  current: Incoming | undefined = undefined;
  /** Nothing behind what is unanswered is answered. */
  isEnding = false;
  /** Why what came last can't be read: said behind all replies. */
  unreadable: UnreadableStatus | undefined = undefined;
  /** The last reply is written, but the client is still sending. */
  isLingering = false;
  /** The last reply is being written, and goes on. */
  isStreaming = false;
  /** When it was first seen to be as it is now; undefined since that has changed. */
  seenAt: number | undefined = undefined;
  /** A whole head has arrived on it. */
  hasSent = false;
  /** A reply has been written, or never will be. */
  readonly settle: () => void;
  /** The same of a request that isn't the pipeline's. */
  readonly settleElsewhere: () => void;
  readonly #exchange: Exchange;
  #bytesIgnored = 0;

  constructor(
    socket: Socket,
    exchange: Exchange,
    { originOf, isLate, headBytesMax }: ConnectionPlan,
  ) {
    this.socket = socket;
    this.peer = canonicalAddress(socket.remoteAddress ?? "") ?? "";
    this.origin = originOf(this.peer, undefined, undefined);
    this.isLate = isLate;
    this.reader = new RequestReader(headBytesMax, this);
    this.#exchange = exchange;
    this.settle = () => exchange.settle(this);
    this.settleElsewhere = () => {
      this.elsewhere -= 1;
    };
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("end", () => exchange.endedByClient(this));
    socket.on("close", () => exchange.closed(this));
    // "close" follows.
    socket.on("error", () => {});
  }

  begin(head: Head): void {
    this.hasSent = true;
    this.#exchange.begin(this, head);
  }

  receive(piece: Buffer): void {
    if (this.current !== undefined) this.#exchange.receive(this.current, piece);
  }

  complete(): void {
    const { current } = this;
    // An idle connection keeps nothing of its last request, such as the value that it was told.
    this.current = undefined;
    this.seenAt = undefined;
    if (current !== undefined) this.#exchange.received(current);
  }

  /**
   * Nothing more is said. What the client is still sending is read and thrown away: to a socket that
   * is closed it would come back as a reset, which takes away the replies that it hasn't read yet.
   */
  end(): void {
    this.reader.isStopped = true;
    this.socket.end();
    this.socket.resume();
  }

  #read(bytes: Buffer): void {
    const { reader, socket } = this;
    if (reader.isStopped) {
      this.#bytesIgnored += bytes.length;
      if (this.#bytesIgnored > lingerBytesMax) socket.destroy();
      return;
    }
    const wasAmid = reader.isAmid;
    try {
      reader.read(bytes);
    } catch (thrown) {
      if (thrown instanceof Unreadable) this.#exchange.endUnreadable(this, thrown.status);
      else this.#exchange.endBroken(this, thrown);
    }
    if (!wasAmid && reader.isAmid) this.seenAt = undefined;
    // Whoever reads no replies sends no more requests.
    if (socket.writableNeedDrain && !socket.isPaused()) {
      socket.pause();
      socket.once("drain", () => socket.resume());
    }
  }
}

export interface ConnectionPlan {
  readonly originOf: OriginOf;
  readonly isLate: boolean;
  readonly headBytesMax: number;
}
