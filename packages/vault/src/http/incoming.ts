/** A request on its way in, and until it is answered. */
import type { ApiError } from "../errors.ts";
import type { HttpReply } from "../message.ts";
import type { Connection } from "./connection.ts";
import type { Head } from "./head.ts";

const nothing = Buffer.alloc(0);

export class Incoming {
  readonly connection: Connection;
  readonly head: Head;
  /** Not of /health, for example, and counted as under way. */
  readonly isOfPipeline: boolean;
  /** Nothing more of its body is expected. */
  isComplete = false;
  /** Its client sends the body when it is told to, which it wasn't yet. */
  awaitsContinue = false;
  /** Why the request is refused; the rest of its body is then read but not kept. */
  problem: ApiError | undefined = undefined;
  /** Written when those before it on the connection are. */
  reply: HttpReply | undefined = undefined;
  bytesReceived = 0;
  bytesKept = 0;
  /** With room behind what is kept so far. */
  #body: Buffer = nothing;

  constructor(connection: Connection, head: Head) {
    this.connection = connection;
    this.head = head;
    this.isOfPipeline = isOfThePipeline(head.target);
  }

  get hasBody(): boolean {
    return this.head.length !== 0;
  }

  /** Nearly every body is a single piece: nothing is copied then. */
  keep(piece: Buffer): void {
    if (piece.length === this.head.length) {
      this.#body = piece;
    } else {
      // Pieces of a few bytes would take a hundred times their length, and hold on to whole packets.
      const length = this.bytesKept + piece.length;
      if (length > this.#body.length) this.#grow(length);
      piece.copy(this.#body, this.bytesKept);
    }
    this.bytesKept += piece.length;
  }

  #grow(lengthMin: number): void {
    const larger = Buffer.allocUnsafe(Math.max(lengthMin, 2 * this.#body.length));
    this.#body.copy(larger, 0, 0, this.bytesKept);
    this.#body = larger;
  }

  /** The body, whole; an empty one where the request is refused. */
  takeBody(): Buffer {
    const body = this.#body;
    this.#body = nothing;
    if (this.problem !== undefined) return nothing;
    return body.length === this.bytesKept ? body : body.subarray(0, this.bytesKept);
  }
}

function isOfThePipeline(target: string): boolean {
  return (
    target === "/" ||
    target.startsWith("/?") ||
    target === "/changes" ||
    target.startsWith("/changes?")
  );
}
