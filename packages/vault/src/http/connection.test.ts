/** What may happen on one connection: the order of replies, its endings, and what it may cost. */
import { once } from "node:events";
import { setTimeout as elapsed } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually } from "../../../../tools/harness/eventually.ts";
import type { HttpReply, HttpRequest } from "../message.ts";
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

const closing = "Connection: close\r\n";
/** The statuses and the bodies of replies, in order. */
function told(replies: string): string[] {
  return replies.match(/(?<=HTTP\/1\.1 )\d+|\d+ bytes/g) ?? [];
}

/** Requests are answered when the test says so, by the lengths of their bodies. */
function held() {
  const waits = new Map<number, PromiseWithResolvers<void>>();
  const of = (length: number) => {
    const wait = waits.get(length) ?? Promise.withResolvers<void>();
    waits.set(length, wait);
    return wait;
  };
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    if (request.problem === undefined) await of(request.body.length).promise;
    return echo(request);
  };
  return { handle, answer: (length: number) => of(length).resolve() };
}

describe("versions and methods", () => {
  it("a client that speaks HTTP/1.0 gets one reply, and whole", async () => {
    const { talk } = await started();
    const one = "POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}";
    const reply = await talk(one + one);
    expect(told(reply)).toEqual(["200", "2 bytes"]);
    expect(reply).toContain("Connection: close\r\n");
  });

  it("HEAD is told a length and no body", async () => {
    const { talk } = await started();
    const head = (target: string, more = "") => `HEAD ${target} HTTP/1.1\r\nHost: v\r\n${more}\r\n`;
    const reply = await talk(head("/") + head("/health") + head("/", closing));
    expect(reply.match(/Content-Length: [1-9]/g)).toHaveLength(3);
    expect(reply.match(/\r\n\r\n(?:HTTP|$)/g)).toHaveLength(3);
  });

  it.each(["close", "Close", "keep-alive, close", "close , x", "\tclose"])(
    "Connection: %s ends it",
    async (connection) => {
      const { talk } = await started();
      expect(told(await talk(get("/", "", connection)))).toEqual(["200", "0 bytes"]);
    },
  );

  it("Connection: closed does not", async () => {
    const { talk, seen } = await started();
    await talk(get("/", "", "closed") + get("/"));
    expect(seen).toHaveLength(2);
  });

  it.each(["200-ok", "100-continue, 100-continue", ""])("Expect: %s is refused", async (what) => {
    const { talk, seen } = await started();
    expect(told(await talk(post("{}", `Expect: ${what}\r\n`)))[0]).toBe("417");
    expect(seen).toEqual([]);
  });

  it("empty lines before a request are nothing", async () => {
    const { talk } = await started();
    expect(told(await talk(`\r\n\r\n${post("a")}\r\n${post("bb", closing)}`))).toEqual([
      "200",
      "1 bytes",
      "200",
      "2 bytes",
    ]);
  });
});

describe("replies", () => {
  it("keep the order of their requests, in whatever order they are made", async () => {
    const { handle, answer } = held();
    const { talk, seen } = await started({}, handle);
    const replies = talk(
      post("a") + get("/x", "", "keep-alive") + post("bb") + post("ccc", closing),
    );
    await eventually(() => expect(seen).toHaveLength(3));
    for (const length of [3, 2, 1]) {
      answer(length);
      await elapsed(5);
    }
    expect((await replies).match(/HTTP\/1.1 \d+|\d bytes/g)?.join(" ")).toBe(
      "HTTP/1.1 200 1 bytes HTTP/1.1 404 HTTP/1.1 200 2 bytes HTTP/1.1 200 3 bytes",
    );
  });

  it("come before the leave to send the next body", async () => {
    const { handle, answer } = held();
    const { url } = await started({}, handle);
    const socket = await connected(url);
    const text = listening(socket);
    socket.write(`${post("a")}${post("bb", waiting + closing).slice(0, -2)}`);
    await elapsed(30);
    expect(text()).toBe("");
    answer(1);
    await eventually(() => expect(text()).toMatch(/1 bytesHTTP\/1\.1 100 Continue\r\n\r\n$/));
    answer(2);
    socket.write("bb");
    await closed(socket);
    expect(text()).toContain("2 bytes");
  });

  it("reach a client that has ended its side behind whole requests", async () => {
    const { url } = await started({}, later);
    const socket = await connected(url);
    socket.end(post("a") + post("bb"));
    expect(told(await everything(socket))).toEqual(["200", "1 bytes", "200", "2 bytes"]);
  });

  it("reach one that ended its side in the midst of a request, for those before it", async () => {
    const { url } = await started({}, later);
    const socket = await connected(url);
    socket.end(post("a") + post("bb").slice(0, -1));
    expect(await everything(socket)).toMatch(/1 bytesHTTP[\s\S]*IncompleteBody$/);
  });

  it.each([
    ["there is nothing at the path", post("x".repeat(3_000_000), "", "/nothing"), "404"],
    ["it can't be read", `x\r\n\r\n${"x".repeat(3_000_000)}`, "400"],
    ["its head is too long", `GET /${"x".repeat(3_000_000)}`, "431"],
    ["it expects what it can't have", post("x".repeat(3_000_000), "Expect: x\r\n"), "417"],
    ["it is the last", get("/") + "x".repeat(3_000_000), "200"],
  ])("reach a client that sends on though %s", async (_, bytes, status) => {
    const { url } = await started();
    const socket = await connected(url);
    // It reads only once it has sent all.
    socket.pause();
    socket.write(bytes, "latin1");
    await elapsed(50);
    expect(told(await everything(socket))[0]).toBe(status);
    await expectNothingUnderWay(url);
  });

  it("that break off are nobody else's fault", async () => {
    const { url } = await started({}, later);
    for (const wait of [0, 1, 5, 10, 15, 20, 25]) {
      const socket = await connected(url);
      socket.write(
        post("a") + post("bb", waiting) + post("ccc", "", "/x") + post("dd").slice(0, -1),
      );
      await elapsed(wait);
      socket.resetAndDestroy();
    }
    await expectNothingUnderWay(url);
  });
});

describe("time", () => {
  it("a second request may begin late and slowly, and isn't timed from the first one's end", async () => {
    const { url } = await started({
      headersTimeoutMilliseconds: 500,
      requestTimeoutMilliseconds: 500,
    });
    const socket = await connected(url);
    const text = listening(socket);
    socket.write(post("a"));
    await elapsed(600);
    const second = post("bb", closing);
    socket.write(second.slice(0, 20));
    await elapsed(100);
    socket.write(second.slice(20));
    await closed(socket);
    expect(told(text())).toEqual(["200", "1 bytes", "200", "2 bytes"]);
  });

  it("nor is one directly behind a long one timed from that one's beginning", async () => {
    const { url } = await started({
      headersTimeoutMilliseconds: 600,
      requestTimeoutMilliseconds: 600,
    });
    const socket = await connected(url);
    const text = listening(socket);
    const [first, second] = [post("a"), post("bb", closing)];
    socket.write(first.slice(0, -1));
    await elapsed(350);
    socket.write(`a${second.slice(0, 20)}`);
    await elapsed(350);
    socket.write(second.slice(20));
    await closed(socket);
    expect(told(text())).toEqual(["200", "1 bytes", "200", "2 bytes"]);
  });

  it("empty lines are no way to stay", async () => {
    const { url } = await started({ headersTimeoutMilliseconds: 80 });
    const socket = await connected(url);
    const drops = setInterval(() => socket.writable && socket.write("\r\n"), 10);
    expect(await everything(socket)).toContain("408 Request Timeout");
    clearInterval(drops);
  });

  it("whoever doesn't end a connection that the vault has ended is cut off", async () => {
    const { url } = await started({ headersTimeoutMilliseconds: 80 });
    const socket = await connected(url);
    socket.allowHalfOpen = true;
    socket.write(get("/"));
    const drops = setInterval(() => socket.writable && socket.write("x"), 10);
    await closed(socket);
    clearInterval(drops);
    await expectNothingUnderWay(url);
  });
});

describe("what a connection may cost", () => {
  it("requests that are no API's count as sent ahead, too", async () => {
    const { talk } = await started({ pipelinedRequestsMax: 5 }, later);
    expect(
      (await talk(get("/health", "", "keep-alive").repeat(4) + get("/"))).match(/OK/g),
    ).toHaveLength(5);
    expect(
      await talk(get("/", "", "keep-alive") + get("/health", "", "keep-alive").repeat(5)),
    ).toBe("");
  });

  it("whoever reads no replies sends no more requests", async () => {
    const large = { status: 200, headers: {}, body: Buffer.alloc(1024 * 1024) };
    const { url, seen } = await started({}, () => Promise.resolve(large));
    const socket = await connected(url);
    socket.pause();
    for (let round = 0; round < 60; round++) {
      socket.write(get("/", "", "keep-alive"));
      await elapsed(2);
    }
    await elapsed(50);
    expect(seen.length).toBeLessThan(30);
    socket.resume();
    await eventually(() => expect(seen).toHaveLength(60));
    socket.destroy();
  });

  it("a body in pieces is one buffer, of no more than twice its length", async () => {
    const { url, seen } = await started();
    const socket = await connected(url);
    const chunks = "1\r\nx\r\n".repeat(20_000);
    socket.write(
      `POST / HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
    );
    expect(String(await once(socket, "data"))).toContain("20000 bytes");
    expect(seen[0]?.body.buffer.byteLength).toBeLessThanOrEqual(40_000);
    expect(String(seen[0]?.body)).toBe("x".repeat(20_000));
    socket.destroy();
  });
});

it("nothing that throws while a request is read ends the process", async () => {
  let isBroken = true;
  const trouble = () => {
    if (isBroken) throw new Error("broken");
    return undefined;
  };
  const { url, talk } = await started({}, undefined, {}, trouble);
  expect(await talk(get("/health"))).toBe("");
  isBroken = false;
  expect(await talk(get("/health"))).toContain("200 OK");
  await expectNothingUnderWay(url);
});

it("what can't be read is refused behind the replies to what came before it", async () => {
  const { handle, answer } = held();
  const { url, seen } = await started({}, handle);
  const socket = await connected(url);
  const text = everything(socket);
  socket.write(`${post("a")}${post("bb")}NONSENSE\r\n\r\n`);
  await eventually(() => expect(seen).toHaveLength(2));
  answer(2);
  answer(1);
  expect(told(await text)).toEqual(["200", "1 bytes", "200", "2 bytes", "400"]);
  expect((await text).match(/Connection: close/g)).toHaveLength(1);
  await expectNothingUnderWay(url);
});

it("a listener that closes resets nobody who is still sending behind the last reply", async () => {
  const { url, seen, listener } = await started({ bodyBytesMax: 10 }, later);
  const socket = await connected(url);
  const ends: string[] = [];
  for (const end of ["end", "error"]) socket.on(end, () => ends.push(end));
  socket.pause();
  socket.write("POST / HTTP/1.1\r\nHost: v\r\nContent-Length: 9999999\r\n\r\n");
  const drops = setInterval(() => socket.writable && socket.write("x".repeat(1000)), 2);
  await eventually(() => expect(seen).toHaveLength(1));
  const closing = listener.close();
  await elapsed(100);
  clearInterval(drops);
  const said = listening(socket);
  socket.resume();
  await eventually(() => expect(ends).toEqual(["end"]));
  expect(said()).toContain("RequestEntityTooLarge");
  await closing;
});

it("a draining listener takes no request behind the one it said was the last", async () => {
  const { handle, answer } = held();
  const { url, seen, listener } = await started({}, handle);
  const [socket, other] = [await connected(url), await connected(url)];
  socket.write(post("a"));
  other.write(post("bb"));
  await eventually(() => expect(seen).toHaveLength(2));
  const closing = listener.close();
  socket.on("data", () => socket.write(post("ccc")));
  answer(1);
  await elapsed(30);
  expect(seen).toHaveLength(2);
  answer(2);
  await closing;
});
