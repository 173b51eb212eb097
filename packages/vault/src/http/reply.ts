/**
 * Writes replies in one go, and the few that need no pipeline: health, metrics, no such path, no
 * request.
 */
import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { WholeReply } from "../message.ts";
import type { Traffic } from "../metrics/metrics.ts";
import type { UnreadableStatus } from "./head.ts";
import type { HttpLimits } from "./limits.ts";

export interface Manner {
  /** Whether the client is told that the connection ends with it. */
  readonly isLast: boolean;
  /** A reply to HEAD tells its body's length alone. */
  readonly hasBody: boolean;
}

/**
 * Writes a whole reply, head and body at once. `written` is called when the system's network stack
 * has it, or never will. Throws where a header can't be written.
 */
export function send(
  socket: Socket,
  { status, headers, body }: WholeReply,
  { isLast, hasBody }: Manner,
  { keepAliveMilliseconds }: Pick<HttpLimits, "keepAliveMilliseconds">,
  written?: () => void,
): void {
  const isText = typeof body === "string";
  const length = isText ? Buffer.byteLength(body) : body.byteLength;
  const seconds = Math.floor(keepAliveMilliseconds / 1000);
  const head =
    `${headText(status, headers)}Content-Length: ${length}\r\n${dateLine()}` +
    (isLast
      ? "Connection: close\r\n\r\n"
      : `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n\r\n`);
  if (!hasBody) {
    socket.write(head, "latin1", written);
  } else if (isText) {
    // A text with a byte for each character is ASCII, which goes out without being encoded.
    socket.write(head + body, body.length === length ? "latin1" : "utf8", written);
  } else {
    socket.cork();
    socket.write(head, "latin1");
    socket.write(body, written);
    socket.uncork();
  }
}

/** A head but for what tells how the body ends. Throws where it can't be written. */
export function headText(status: number, headers: WholeReply["headers"]): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n`;
  for (const name in headers) {
    const value = headers[name] as string;
    if (unwritable.test(value)) throw new Error(`the header ${name} can't be written`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

const unwritable = /[^\t\x20-\x7e]/;

let dateText = "";
/** When it is another one. */
let dateEndsAt = 0;

/** It tells seconds, and is made once in each. */
export function dateLine(): string {
  const now = Date.now();
  if (now >= dateEndsAt || now < dateEndsAt - 1000) {
    dateEndsAt = now - (now % 1000) + 1000;
    dateText = `Date: ${new Date(now).toUTCString()}\r\n`;
  }
  return dateText;
}

/** What /health and /metrics answer from. */
export interface Health {
  readonly version: string;
  /** Why requests can't be served, in words that anyone may read; undefined while all is well. */
  trouble(): string | undefined;
  /** In Prometheus' text format. */
  metrics(traffic: Traffic): string;
}

export function healthReply({ version, trouble }: Health, isDraining: boolean): WholeReply {
  if (isDraining) return jsonReply(503, { status: "draining", version });
  const reason = trouble();
  if (reason !== undefined) return jsonReply(503, { status: "failing", version, reason });
  return jsonReply(200, { status: "ok", version });
}

export function metricsReply(text: string): WholeReply {
  return {
    status: 200,
    headers: {
      "x-amzn-RequestId": randomUUID(),
      "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
      "Cache-Control": "no-store",
    },
    body: text,
  };
}

export function noSuchPath(): WholeReply {
  return jsonReply(404, { message: "There is nothing at this path. The AWS APIs are at /." });
}

/** For a handler that threw, which none should: nothing of the fault is told. */
export function internalFailure(requestId: string): WholeReply {
  return jsonReply(500, { __type: "InternalServiceError" }, requestId);
}

function jsonReply(
  status: number,
  body: Readonly<Record<string, unknown>>,
  requestId: string = randomUUID(),
): WholeReply {
  return {
    status,
    headers: {
      "x-amzn-RequestId": requestId,
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
    },
    body: JSON.stringify(body),
  };
}

/** To a client that sent no readable request. */
export function refuseUnreadable(socket: Socket, status: UnreadableStatus): void {
  const body = JSON.stringify({ message: STATUS_CODES[status] });
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
