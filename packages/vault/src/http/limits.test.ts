import { once } from "node:events";
import type { Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyOf, closed, connected, everything, get, later, started } from "./listener.fixture.ts";

describe("what is refused reaches the handler as a problem, without its body", () => {
  it("a declared length over the limit, before a byte of it is read", async () => {
    const { seen, talk } = await started({ bodyBytesMax: 10 });
    const reply = await talk("POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 11\r\n\r\n01234567890");
    expect(reply).toContain("Connection: close");
    expect(reply).toContain("RequestEntityTooLarge");
    expect(seen).toMatchObject([
      { body: Buffer.alloc(0), problem: { code: "RequestEntityTooLarge" } },
    ]);
  });

  it("the same, to a client that waits for leave to send it", async () => {
    const { talk } = await started({ bodyBytesMax: 10 });
    const reply = await talk(
      "POST / HTTP/1.1\r\nHost: v\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n",
    );
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*RequestEntityTooLarge$/);
  });

  it("chunks over the limit", async () => {
    const { seen, talk } = await started({ bodyBytesMax: 10 });
    const reply = await talk(
      "POST / HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
    );
    expect(reply).toContain("RequestEntityTooLarge");
    expect(seen).toHaveLength(1);
  });

  it("and a client that sends a long body all the same can still read its reply", async () => {
    const { url } = await started({ bodyBytesMax: 10 });
    const reply = await fetch(url, { method: "POST", body: "x".repeat(4 * 1024 * 1024) });
    expect(await reply.text()).toBe("RequestEntityTooLarge");
  });

  it("but one that never stops is cut off", async () => {
    const { url } = await started({ bodyBytesMax: 10 });
    const socket = await connected(url);
    socket.write("POST / HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\n");
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const send = () => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on("drain", send);
    send();
    await closed(socket);
  });

  it("a body that ends too early", async () => {
    const { seen, url } = await started();
    const socket = await connected(url);
    socket.end("POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 10\r\n\r\nhalf");
    expect(await everything(socket)).toContain("IncompleteBody");
    expect(seen).toMatchObject([{ body: Buffer.alloc(0), problem: { code: "IncompleteBody" } }]);
  });

  it("a body whose connection broke", async () => {
    const { seen, url } = await started();
    const socket = await connected(url);
    socket.write("POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 10\r\n\r\nhalf");
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.resetAndDestroy();
    await expect.poll(() => seen).toMatchObject([{ problem: { code: "IncompleteBody" } }]);
  });

  it("the same of a request that came together with the one before, and nothing is left of it", async () => {
    const { seen, url } = await started({ bufferedBytesMax: 10 });
    const socket = await connected(url);
    const head = (length: number) =>
      `POST / HTTP/1.1\r\nHost: v\r\nContent-Length: ${length}\r\n\r\n`;
    socket.write(`${head(1)}1${head(9)}12345678`);
    expect(String(await once(socket, "data"))).toContain("1 bytes");
    socket.resetAndDestroy();
    await expect
      .poll(() => seen.map(({ problem }) => problem?.code))
      .toEqual([undefined, "IncompleteBody"]);
    expect(await bodyOf(url, "123")).toBe("3 bytes");
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^\d+ 0\n/);
  });

  it("a body that takes too long", async () => {
    const { seen, url } = await started({ requestTimeoutMilliseconds: 80 });
    const socket = await connected(url);
    socket.write("POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 10\r\n\r\nhalf");
    expect(await everything(socket)).toContain("RequestTimeout");
    expect(seen).toHaveLength(1);
  });

  it("a body that comes drop by drop, however steadily", async () => {
    const { seen, url } = await started({ requestTimeoutMilliseconds: 80 });
    const socket = await connected(url);
    socket.write("POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 10000\r\n\r\n");
    const stop = drip(socket);
    expect(await everything(socket)).toContain("RequestTimeout");
    stop();
    expect(seen).toMatchObject([{ problem: { code: "RequestTimeout" } }]);
  });

  it("more bodies at once than the memory is meant for", async () => {
    const { url, seen } = await started({ bufferedBytesMax: 10 });
    const slow = await connected(url);
    slow.write("POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 9\r\n\r\n12345678");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await bodyOf(url, "123")).toBe("ServiceUnavailable");
    slow.write("9");
    expect(String(await once(slow, "data"))).toContain("9 bytes");
    expect(await bodyOf(url, "123")).toBe("3 bytes");
    expect(seen).toHaveLength(3);
    slow.destroy();
  });

  it.each(["aws-chunked", "gzip"])("a body in %s", async (encoding) => {
    const { talk } = await started();
    const reply = await talk(
      `POST / HTTP/1.1\r\nHost: v\r\nContent-Encoding: ${encoding}\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(reply).toContain("UnsupportedMediaType");
  });

  it("forwarding headers from somebody who is no proxy", async () => {
    const { seen, talk } = await started();
    expect(await talk(get("/", "X-Forwarded-For: 1.1.1.1\r\n"))).toContain("AccessDenied");
    expect(seen[0]).toMatchObject({ sourceAddress: "127.0.0.1" });
  });
});

describe("what is no request gets its status and goes no further", () => {
  it.each([
    ["no HTTP at all", "\x16\x03\x01 nonsense\r\n\r\n", "400 Bad Request"],
    [
      "a head over the limit",
      `GET / HTTP/1.1\r\nHost: v\r\nX: ${"x".repeat(2000)}\r\n\r\n`,
      "431 ",
    ],
    ["no host", "GET / HTTP/1.1\r\n\r\n", "400 Bad Request"],
    [
      "two ways to tell the length",
      "POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "400 Bad Request",
    ],
    [
      "two lengths",
      "POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n11",
      "400 ",
    ],
  ])("%s", async (_, bytes, status) => {
    const { seen, talk } = await started({ headerBytesMax: 1000 });
    expect(await talk(bytes)).toContain(`HTTP/1.1 ${status}`);
    expect(seen).toEqual([]);
  });

  it("a head that takes too long, or never begins", async () => {
    const { url, seen } = await started({ headersTimeoutMilliseconds: 80 });
    const half = await connected(url);
    half.write("GET / HTTP/1.1\r\nHost:");
    const silent = await connected(url);
    expect(await everything(half)).toContain("408 Request Timeout");
    await closed(silent);
    expect(seen).toEqual([]);
  });

  it("a head that comes drop by drop, however steadily", async () => {
    const { url, seen } = await started({ headersTimeoutMilliseconds: 80 });
    const socket = await connected(url);
    socket.write("GET / HTTP/1.1\r\nHost: v\r\nX-Slow: ");
    const stop = drip(socket);
    expect(await everything(socket)).toContain("408 Request Timeout");
    stop();
    expect(seen).toEqual([]);
  });

  it("nonsense behind a request, which is answered all the same", async () => {
    const { seen, talk } = await started({}, later);
    const reply = await talk(`${get("/", "", "keep-alive")}\x00\x01nonsense\r\n\r\n`);
    expect(reply).toContain("0 bytes");
    expect(seen).toHaveLength(1);
  });
});

describe("connections", () => {
  it("are no more than the limit", async () => {
    const { url } = await started({ connectionsMax: 1 });
    const first = await connected(url);
    const second = await connected(url);
    await closed(second);
    first.write(get("/"));
    expect(await everything(first)).toContain("0 bytes");
  });

  it("close when they have been idle", async () => {
    const { url } = await started({ keepAliveMilliseconds: 30 });
    const socket = await connected(url);
    socket.write(get("/", "", "keep-alive"));
    await everything(socket);
  });

  it("close when the client doesn't read", async () => {
    const large = { status: 200, headers: {}, body: Buffer.alloc(64 * 1024 * 1024) };
    const { url } = await started({ idleMilliseconds: 60 }, () => Promise.resolve(large));
    const socket = await connected(url);
    socket.pause();
    socket.write(get("/"));
    const reset = new Promise((resolve) => setTimeout(resolve, 400));
    await reset;
    expect((await everything(socket)).length).toBeLessThan(large.body.length);
  });

  it("may send ahead as far as the limit, and no further", async () => {
    const { url, seen, talk } = await started({ pipelinedRequestsMax: 5 }, later);
    const reply = await talk(get("/", "", "keep-alive").repeat(4) + get("/"));
    expect(reply.match(/0 bytes/g)).toHaveLength(5);
    const socket = await connected(url);
    socket.write(get("/", "", "keep-alive").repeat(6));
    expect(await everything(socket)).toBe("");
    expect(seen).toHaveLength(10);
  });
});

/** A byte now and then, for as long as they are taken. */
function drip(socket: Socket): () => void {
  const timer = setInterval(() => socket.writable && socket.write("x"), 10);
  return () => clearInterval(timer);
}

it("survives any bytes", async () => {
  const { url } = await started({ headersTimeoutMilliseconds: 50, requestTimeoutMilliseconds: 50 });
  const piece = fc.oneof(
    fc.constantFrom("POST / HTTP/1.1\r\n", "GET ", "Content-Length: 5\r\n", "\r\n", "Host: v\r\n"),
    fc.constantFrom(
      "Transfer-Encoding: chunked\r\n",
      "5\r\n",
      "0\r\n\r\n",
      "Expect: 100-continue\r\n",
    ),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const socket = await connected(url);
      socket.end(pieces.join(""));
      await closed(socket);
    }),
  );
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^\d+ 0\n/);
});
