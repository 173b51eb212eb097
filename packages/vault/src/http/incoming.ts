/**
 * A request on its way in: node:http's own, which collects its body within the limits. One object
 * a request and no closures, since this is the hot path.
 */
import { IncomingMessage, type ServerResponse } from "node:http";
import type { ApiError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { Exchange } from "./exchange.ts";

const nothing = Buffer.alloc(0);

export class Incoming extends IncomingMessage {
  // All set by `Exchange.begin`, before anything else happens to the request.
  declare exchange: Exchange;
  declare connectionState: Connection;
  declare response: ServerResponse;
  /** Why the request is refused; the rest of its body is then read but not kept. */
  problem: ApiError | undefined = undefined;
  bytesReceived = 0;
  bytesKept = 0;
  #first: Buffer | undefined = undefined;
  #rest: Buffer[] | undefined = undefined;

  hasBody(): boolean {
    const { headers } = this;
    const length = headers["content-length"];
    return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
  }

  readBody(): void {
    this.on("data", onData);
    this.on("end", onEnd);
  }

  /** Nearly every body is a single chunk: nothing is copied then. */
  keep(chunk: Buffer): void {
    this.bytesKept += chunk.length;
    if (this.#first === undefined) this.#first = chunk;
    else {
      this.#rest ??= [this.#first];
      this.#rest.push(chunk);
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

function onData(this: Incoming, chunk: Buffer): void {
  this.bytesReceived += chunk.length;
  this.exchange.receive(this, chunk);
}

function onEnd(this: Incoming): void {
  this.exchange.received(this);
}
