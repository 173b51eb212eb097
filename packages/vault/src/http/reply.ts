/**
 * Writes replies in one go, and the few that need no pipeline: health, metrics, no such path, no
 * request.
 */
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { WholeReply } from "../message.ts";
import type { Traffic } from "../metrics/metrics.ts";

/** Writes a whole reply. `isLast` closes the connection behind it. */
export function send(response: ServerResponse, reply: WholeReply, isLast: boolean): void {
  const { body } = reply;
  const length = writeHead(response, reply, isLast);
  // A text with a byte for each character is ASCII, which goes out without being encoded.
  if (typeof body === "string") response.end(body, body.length === length ? "latin1" : "utf8");
  else response.end(body);
}

/** Writes a reply but leaves it open, so that the client can finish sending before it is cut. */
export function sendAndLinger(response: ServerResponse, reply: WholeReply): void {
  writeHead(response, reply, true);
  response.write(reply.body);
}

/** Returns the body's length in bytes. */
function writeHead(response: ServerResponse, reply: WholeReply, isLast: boolean): number {
  const { headers, body } = reply;
  // A flat array is written as it is; node:http would look through an object again.
  const lines: string[] = [];
  for (const name in headers) lines.push(name, headers[name] as string);
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  lines.push("Content-Length", String(length));
  if (isLast) lines.push("Connection", "close");
  response.writeHead(reply.status, lines);
  return length;
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

const unreadable: ReadonlyMap<string, readonly [number, string]> = new Map([
  ["HPE_HEADER_OVERFLOW", [431, "Request Header Fields Too Large"]],
  ["ERR_HTTP_REQUEST_TIMEOUT", [408, "Request Timeout"]],
]);

/** To a client that sent no readable request: there is no response object to answer with. */
export function refuseUnreadable(socket: Duplex, code: string | undefined): void {
  const [status, reason] = unreadable.get(code ?? "") ?? [400, "Bad Request"];
  const body = JSON.stringify({ message: reason });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
