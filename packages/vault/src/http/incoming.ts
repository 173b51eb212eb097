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
  #first: Buffer | undefined = undefined;
  #rest: Buffer[] | undefined = undefined;

  constructor(connection: Connection, head: Head, isOfPipeline: boolean) {
    this.connection = connection;
    this.head = head;
    this.isOfPipeline = isOfPipeline;
  }

  get hasBody(): boolean {
    return this.head.length !== 0;
  }

  /** Nearly every body is a single piece: nothing is copied then. */
  keep(piece: Buffer): void {
    this.bytesKept += piece.length;
    if (this.#first === undefined) this.#first = piece;
    else {
      this.#rest ??= [this.#first];
      this.#rest.push(piece);
    }
  }

  /** The body, whole; an empty one where the request is refused. */
  takeBody(): Buffer {
    const [first, rest] = [this.#first, this.#rest];
    this.#first = undefined;
    this.#rest = undefined;
    if (this.problem !== undefined || first === undefined) return nothing;
    return rest === undefined ? first : Buffer.concat(rest);
  }
}
