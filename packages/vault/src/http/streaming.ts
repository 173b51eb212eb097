/**
 * Replies that go on: pieces are written as they come and only as fast as the client reads, so a
 * client that doesn't read costs no memory; after a while it is cut.
 */
import type { ServerResponse } from "node:http";
import { EventStream } from "../event-stream.ts";
import type { HttpReply, StreamedReply } from "../message.ts";

export function isStreamed(reply: HttpReply): reply is StreamedReply {
  return reply.body instanceof EventStream;
}

/** Resolves when the stream has ended, by itself or because the client is gone. Never rejects. */
export async function stream(
  response: ServerResponse,
  { status, headers, body }: StreamedReply,
  unreadMillisecondsMax: number,
): Promise<void> {
  response.once("close", body.close);
  if (response.destroyed) return body.close();
  response.writeHead(status, { ...headers, Connection: "close" });
  response.flushHeaders();
  try {
    for await (const piece of body.pieces) {
      if (response.destroyed) return;
      if (!response.write(piece)) await read(response, unreadMillisecondsMax);
    }
    response.end();
  } catch {
    // A head is out, so nothing can be said any more but that the reply is not whole.
    response.destroy();
  }
}

/** Resolves when the client has read what was written or is gone; cuts it when time is up. */
function read(response: ServerResponse, millisecondsMax: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => response.destroy(), millisecondsMax).unref();
  response.once("drain", resolve);
  response.once("close", resolve);
  return promise.finally(() => {
    clearTimeout(timer);
    response.off("drain", resolve);
    response.off("close", resolve);
  });
}
