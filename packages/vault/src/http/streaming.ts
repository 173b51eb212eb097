/**
 * Replies that go on: pieces are written as they come and only as fast as the client reads, so a
 * client that doesn't read costs no memory; after a while it is cut.
 */
import type { Socket } from "node:net";
import { EventStream } from "../event-stream.ts";
import type { HttpReply, StreamedReply } from "../message.ts";
import { dateLine, headText } from "./reply.ts";

export function isStreamed(reply: HttpReply): reply is StreamedReply {
  return reply.body instanceof EventStream;
}

/**
 * Resolves when the stream has ended, by itself or because the client is gone. Rejects where its
 * head can't be written, and for nothing else. The connection is to end with it; a client `isOld` that speaks HTTP/1.0 knows its end by nothing else.
 */
export async function stream(
  socket: Socket,
  { status, headers, body }: StreamedReply,
  isOld: boolean,
  unreadMillisecondsMax: number,
): Promise<void> {
  socket.once("close", body.close);
  // It may read on, but nobody who follows a stream ends their own side of it first.
  if (socket.readableEnded) {
    body.close();
    return;
  }
  const framing = isOld ? "" : "Transfer-Encoding: chunked\r\n";
  const head = `${headText(status, headers)}${dateLine()}Connection: close\r\n${framing}\r\n`;
  try {
    socket.write(head, "latin1");
    for await (const piece of body.pieces) {
      if (socket.destroyed) return;
      const text = isOld ? piece : chunk(piece);
      if (!socket.write(text, "utf8")) await read(socket, unreadMillisecondsMax);
    }
    if (!isOld) socket.write("0\r\n\r\n");
  } catch {
    // Its head is out: all that can be said is that the reply is not whole.
    socket.destroy();
  }
}

/** An empty one would end the body. */
function chunk(piece: string): string {
  return piece === "" ? "" : `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`;
}

/** Resolves when the client has read what was written or is gone; cuts it when time is up. */
function read(socket: Socket, millisecondsMax: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => socket.destroy(), millisecondsMax).unref();
  socket.once("drain", resolve);
  socket.once("close", resolve);
  return promise.finally(() => {
    clearTimeout(timer);
    socket.off("drain", resolve);
    socket.off("close", resolve);
  });
}
