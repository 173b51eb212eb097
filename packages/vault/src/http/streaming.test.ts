import { setTimeout as elapsed } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { EventStream } from "../event-stream.ts";
import type { StreamedReply } from "../message.ts";
import { connected, everything, get, started } from "./listener.fixture.ts";

const bytesPerPiece = 64 * 1024;

/** Pieces without end, one a tick or as fast as they are taken, and what became of them. */
function endless({ isFast = false } = {}) {
  const seen = { pieces: 0, isClosed: false };
  async function* pieces() {
    while (!seen.isClosed) {
      seen.pieces += 1;
      yield "x".repeat(bytesPerPiece);
      await (isFast ? undefined : elapsed(5));
    }
  }
  const close = () => {
    seen.isClosed = true;
  };
  const headers = { "Content-Type": "text/event-stream" };
  const reply: StreamedReply = { status: 200, headers, body: new EventStream(pieces(), close) };
  return { seen, reply };
}

const path = "/changes";

it("writes pieces as they come, and closes the stream when the client goes", async () => {
  const { seen, reply } = endless();
  const { url } = await started({}, async () => reply);
  const socket = await connected(url);
  socket.resume();
  socket.write(get(path));
  await vi.waitFor(() => expect(socket.bytesRead).toBeGreaterThan(3 * bytesPerPiece));
  expect(seen.isClosed).toBe(false);
  socket.destroy();
  await vi.waitFor(() => expect(seen.isClosed).toBe(true));
});

it("makes no more than a client reads, and cuts one that doesn't", async () => {
  const { seen, reply } = endless({ isFast: true });
  const { url } = await started({ unreadMilliseconds: 300 }, async () => reply);
  const socket = await connected(url);
  socket.pause();
  socket.write(get(path));
  await vi.waitFor(() => expect(seen.pieces).toBeGreaterThan(1));
  await vi.waitFor(() => expect(seen.isClosed).toBe(true), 5000);
  // What the kernels' buffers hold, not what could be made in that time.
  expect(seen.pieces * bytesPerPiece).toBeLessThan(64 * 1024 * 1024);
});

it("ends whole when the listener closes", async () => {
  const { seen, reply } = endless();
  const { url, listener } = await started({}, async () => reply);
  const socket = await connected(url);
  const text = everything(socket);
  socket.write(get(path));
  await vi.waitFor(() => expect(seen.pieces).toBeGreaterThan(2));
  await listener.close();
  expect(await text).toMatch(/\r\n0\r\n\r\n$/);
});

it("answers nothing behind a stream on the same connection", async () => {
  const { reply } = endless();
  const { url, seen } = await started({}, async () => reply);
  const socket = await connected(url);
  socket.resume();
  socket.write(get(path));
  await vi.waitFor(() => expect(socket.bytesRead).toBeGreaterThan(bytesPerPiece));
  socket.write(get("/"));
  await elapsed(50);
  expect(seen).toHaveLength(1);
  socket.destroy();
});

it("closes a stream whose client went before there was one", async () => {
  const { seen, reply } = endless();
  const { promise, resolve } = Promise.withResolvers<StreamedReply>();
  const { url, seen: requests } = await started({}, () => promise);
  const socket = await connected(url);
  socket.write(get(path));
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  socket.destroy();
  await elapsed(50);
  resolve(reply);
  await vi.waitFor(() => expect(seen.isClosed).toBe(true));
  expect(seen.pieces).toBe(0);
});
