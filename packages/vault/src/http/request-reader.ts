/** Takes the bytes of a connection apart into requests: their heads, and the pieces of their bodies. */
import { ChunkReader } from "./chunks.ts";
import { type Head, parseHead, Unreadable } from "./head.ts";

/** Told of each request, one after the other. */
export interface RequestSink {
  /** A head has arrived. */
  begin(head: Head): void;
  /** A piece of its body, never an empty one. */
  receive(piece: Buffer): void;
  /** Its body is whole, also where it has none. */
  complete(): void;
}

const headEnd = "\r\n\r\n";
const cr = 0x0d;
const lf = 0x0a;

export class RequestReader {
  /** Nothing more is read: whatever arrives is thrown away. */
  isStopped = false;
  readonly #sink: RequestSink;
  readonly #headBytesMax: number;
  /** The beginning of a head. */
  #unread: Buffer | undefined;
  #bodyBytesLeft = 0;
  #chunks: ChunkReader | undefined;

  constructor(headBytesMax: number, sink: RequestSink) {
    this.#headBytesMax = headBytesMax;
    this.#sink = sink;
  }

  /** Whether a request has begun to arrive and is not whole. */
  get isAmid(): boolean {
    return !this.isStopped && (this.#unread !== undefined || this.#isAmidBody);
  }

  get #isAmidBody(): boolean {
    return this.#bodyBytesLeft > 0 || this.#chunks !== undefined;
  }

  /** Throws Unreadable; nothing can be read after that. */
  read(bytes: Buffer): void {
    const all = this.#unread === undefined ? bytes : Buffer.concat([this.#unread, bytes]);
    this.#unread = undefined;
    for (let at = 0; at < all.length && !this.isStopped; ) {
      at = this.#isAmidBody ? this.#readBody(all, at) : this.#readHead(all, at);
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    // An empty line before a request is some old client's (RFC 9112, 2.2).
    if (bytes[at] === cr || bytes[at] === lf) return at + 1;
    const text = bytes.toString("latin1", at, at + this.#headBytesMax + headEnd.length);
    const length = text.indexOf(headEnd);
    if (length < 0) {
      if (!couldBeginRequest.test(text)) throw new Unreadable(400);
      if (text.length === this.#headBytesMax + headEnd.length) throw new Unreadable(431);
      // A copy: what came before it in the packet would be kept with it.
      this.#unread = Buffer.from(bytes.subarray(at));
      return bytes.length;
    }
    const head = parseHead(bytes, at, at + length + 2);
    if (head.length === undefined) this.#chunks = new ChunkReader(this.#headBytesMax);
    else this.#bodyBytesLeft = head.length;
    this.#sink.begin(head);
    if (!this.#isAmidBody) this.#sink.complete();
    return at + length + headEnd.length;
  }

  #readBody(bytes: Buffer, at: number): number {
    if (this.#chunks !== undefined) {
      const end = this.#chunks.read(bytes, at, (piece) => this.#sink.receive(piece));
      if (this.#chunks.isComplete) {
        this.#chunks = undefined;
        this.#sink.complete();
      }
      return end;
    }
    const end = Math.min(bytes.length, at + this.#bodyBytesLeft);
    this.#bodyBytesLeft -= end - at;
    this.#sink.receive(bytes.subarray(at, end));
    if (this.#bodyBytesLeft === 0) this.#sink.complete();
    return end;
  }
}

/** Whoever speaks something else, TLS for example, is told at once. */
const couldBeginRequest = /^[A-Z-]{1,32}(?: |$)/;
