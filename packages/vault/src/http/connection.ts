/** What the listener remembers of a connection between its requests. */
import type { Socket } from "node:net";
import { canonicalAddress, type Origin, type OriginOf } from "./address.ts";
import type { Incoming } from "./incoming.ts";

export class Connection {
  /** The peer's, in canonical form; "" where the socket was gone before it could be asked. */
  readonly peer: string;
  /** Of requests without X-Forwarded headers. */
  readonly origin: Origin;
  /** It began after the draining did: it is only told so. */
  readonly isLate: boolean;
  /** Requests that have arrived and are not answered. */
  underWay = 0;
  /**
   * The requests whose bodies are not handed over yet: also one that is whole, while the head of
   * the next has arrived already.
   */
  readonly reading = new Set<Incoming>();
  /** The last reply is written, but the client is still sending. */
  isLingering = false;
  /** Nothing behind what is under way is answered. */
  isEnding = false;

  constructor(socket: Socket, originOf: OriginOf, isLate: boolean) {
    this.peer = canonicalAddress(socket.remoteAddress ?? "") ?? "";
    this.origin = originOf(this.peer, undefined, undefined);
    this.isLate = isLate;
  }
}
