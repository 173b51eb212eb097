/**
 * An HTTP request and reply as the layers behind `http/` see them: whole, bounded, in memory, but
 * for a reply that goes on.
 */
import type { ApiError } from "./errors.ts";
import type { EventStream } from "./event-stream.ts";

export interface HttpRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly target: string;
  /** By lower-case names, the bytes of values one to a character; lists sent in parts are joined. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** The client's address: the peer's, or what a trusted proxy says. */
  readonly sourceAddress: string;
  readonly isSecureTransport: boolean;
  /** Why the request could not be read whole (too long, cut off): refused, and audited, as such. */
  readonly problem: ApiError | undefined;
}

export type HttpReply = WholeReply | StreamedReply;

export interface WholeReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Its text comes as it is made. */
export interface StreamedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: EventStream<string>;
}

/** The value of a header, or undefined. */
export function header(request: HttpRequest, name: string): string | undefined {
  const value: unknown = request.headers[name];
  // Where the headers are a plain object, a name such as "constructor" finds what is no header.
  return typeof value === "string" ? value : undefined;
}
