import { setTimeout as elapsed } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually } from "../../../../tools/harness/eventually.ts";
import { EventStream } from "../event-stream.ts";
import type { HttpReply, HttpRequest, StreamedReply } from "../message.ts";
import {
  closed,
  connected,
  echo,
  everything,
  expectNothingUnderWay,
  get,
  later,
  listening,
  post,
  started,
  waiting,
} from "./listener.fixture.ts";

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
  await eventually(() => expect(socket.bytesRead).toBeGreaterThan(3 * bytesPerPiece));
  expect(seen.isClosed).toBe(false);
  socket.destroy();
  await eventually(() => expect(seen.isClosed).toBe(true));
});

it("makes no more than a client reads, and cuts one that doesn't", async () => {
  const { seen, reply } = endless({ isFast: true });
  const { url } = await started({ unreadMilliseconds: 300 }, async () => reply);
  const socket = await connected(url);
  socket.pause();
  socket.write(get(path));
  await eventually(() => expect(seen.pieces).toBeGreaterThan(1));
  await eventually(() => expect(seen.isClosed).toBe(true));
  // What the kernels' buffers hold, not what could be made in that time.
  expect(seen.pieces * bytesPerPiece).toBeLessThan(64 * 1024 * 1024);
});

it("ends whole when the listener closes", async () => {
  const { seen, reply } = endless();
  const { url, listener } = await started({}, async () => reply);
  const socket = await connected(url);
  const text = everything(socket);
  socket.write(get(path));
  await eventually(() => expect(seen.pieces).toBeGreaterThan(2));
  await listener.close();
  expect(await text).toMatch(/\r\n0\r\n\r\n$/);
});

it("whose head can't be written is told to the log, closed, and ends its connection", async () => {
  const { seen, reply } = endless();
  const { url, faults } = await started({}, async () => ({
    ...reply,
    headers: { "X-A": "a\r\nb" },
  }));
  const socket = await connected(url);
  socket.write(get(path));
  expect(await everything(socket)).toBe("");
  expect(seen.isClosed).toBe(true);
  expect(faults).toHaveLength(1);
  await expectNothingUnderWay(url);
});

it("answers nothing behind a stream on the same connection", async () => {
  const { reply } = endless();
  const { url, seen } = await started({}, async () => reply);
  const socket = await connected(url);
  socket.resume();
  socket.write(get(path));
  await eventually(() => expect(socket.bytesRead).toBeGreaterThan(bytesPerPiece));
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
  await eventually(() => expect(requests).toHaveLength(1));
  socket.destroy();
  await elapsed(50);
  resolve(reply);
  await eventually(() => expect(seen.isClosed).toBe(true));
  expect(seen.pieces).toBe(0);
});

describe("on its connection a stream", () => {
  /** It goes on until it is told to end. */
  function open() {
    const { promise: end, resolve } = Promise.withResolvers<void>();
    async function* pieces() {
      yield "first";
      await end;
      yield "last";
    }
    const reply: HttpReply = { status: 200, headers: {}, body: new EventStream(pieces(), resolve) };
    const handle = (request: HttpRequest) =>
      request.target === "/changes" ? Promise.resolve(reply) : later(request);
    return { handle, end: resolve };
  }

  it("has its turn, and nothing of what is sent behind it comes into its midst", async () => {
    const { handle, end } = open();
    const { url } = await started({ headersTimeoutMilliseconds: 80 }, handle);
    const socket = await connected(url);
    const text = listening(socket);
    const changes = get("/changes", "", "keep-alive");
    socket.write(post("a") + changes + post("bb") + post("cc", waiting).slice(0, -2));
    await eventually(() => expect(text()).toContain("first"));
    socket.write("nonsense\r\n\r\n");
    await elapsed(200);
    end();
    await closed(socket);
    expect(text()).toMatch(
      /1 bytesHTTP\/1\.1 200 OK\r\n[^{}]*\r\n5\r\nfirst\r\n4\r\nlast\r\n0\r\n\r\n$/,
    );
    expect(text().match(/HTTP\//g)).toHaveLength(2);
    await expectNothingUnderWay(url);
  });

  it.each(["nonsense\r\n\r\n", "POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 5\r\n\r\n", "GET"])(
    "is not disturbed by %j behind it",
    async (behind) => {
      const { handle, end } = open();
      const { url } = await started({ headersTimeoutMilliseconds: 80 }, handle);
      const socket = await connected(url);
      const text = listening(socket);
      socket.write(get("/changes", "", "keep-alive"));
      await eventually(() => expect(text()).toContain("first"));
      socket.write(behind);
      await elapsed(200);
      end();
      await closed(socket);
      expect(text()).toMatch(/first\r\n4\r\nlast\r\n0\r\n\r\n$/);
      await expectNothingUnderWay(url);
    },
  );

  it("comes whole to a slow reader that sent more behind it", async () => {
    const size = 8 * 1024 * 1024;
    async function* pieces() {
      yield "x".repeat(size);
    }
    const body = new EventStream(pieces(), () => {});
    const { url } = await started({}, (request) =>
      request.target === "/changes"
        ? Promise.resolve({ status: 200, headers: {}, body })
        : echo(request),
    );
    const socket = await connected(url);
    socket.pause();
    socket.write(get("/changes", "", "keep-alive") + post("a"));
    await elapsed(100);
    expect((await everything(socket)).endsWith("x\r\n0\r\n\r\n")).toBe(true);
  });

  it("to HTTP/1.0 ends with its connection", async () => {
    const { handle, end } = open();
    const { talk } = await started({}, handle);
    end();
    expect(await talk("GET /changes HTTP/1.0\r\n\r\n")).toMatch(/close\r\n\r\nfirstlast$/);
  });

  it("whose head can't be written ends its connection and nothing else", async () => {
    const { url, talk } = await started({}, async () => ({
      status: 200,
      headers: { "X-A": "a\r\nb" },
      body: new EventStream((async function* () {})(), () => {}),
    }));
    expect(await talk(get("/changes"))).toBe("");
    await expectNothingUnderWay(url);
  });
});
