/** Nothing that a client does leaves a request counted as under way, which would shut out everybody. */

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import { connect as connectTls, TLSSocket } from "node:tls";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { makeAuthority } from "../../../../tools/harness/certificates.ts";
import { EventStream } from "../event-stream.ts";
import type { HttpReply, HttpRequest } from "../message.ts";
import {
  closed,
  connected,
  echo,
  everything,
  expectNothingUnderWay,
  get,
  post,
  started,
  waiting,
} from "./listener.fixture.ts";

const authority = makeAuthority("the authority of a test");
const directory = mkdtempSync(join(tmpdir(), "claviger-leaks-"));
const tls = { certFile: join(directory, "cert.pem"), keyFile: join(directory, "key.pem") };
const { cert, key } = authority.issue();
writeFileSync(tls.certFile, cert);
writeFileSync(tls.keyFile, key);

afterAll(() => rmSync(directory, { recursive: true }));

/** Soon or later, short or long, whole or going on, or not at all. */
async function handle(request: HttpRequest): Promise<HttpReply> {
  const { length } = request.body;
  if (length % 2 === 1) await elapsed(length);
  if (length === 6) throw new Error("a fault");
  if (length === 8) return { status: 200, headers: { "X-A": "\n" }, body: "" };
  if (length === 10) return { status: 200, headers: {}, body: "x".repeat(4 * 1024 * 1024) };
  if (!request.target.startsWith("/changes")) return echo(request);
  let isOpen = true;
  async function* pieces() {
    for (let piece = 0; piece < 3 && isOpen; piece++) {
      yield "x".repeat(100_000);
      await elapsed(2);
    }
  }
  const close = () => {
    isOpen = false;
  };
  return { status: 200, headers: {}, body: new EventStream(pieces(), close) };
}

const request = fc.oneof(
  fc.nat(12).map((length) => post("x".repeat(length))),
  fc.nat(12).map((length) => post("x".repeat(length), waiting)),
  fc.nat(12).map((length) => post("x".repeat(length), "Connection: close\r\n")),
  fc.nat(12).map((length) => post("x".repeat(length), "Transfer-Encoding: chunked\r\n")),
  fc.constantFrom(
    post("x".repeat(70)),
    post("x", "Content-Encoding: gzip\r\n"),
    post("x", "Expect: y\r\n"),
  ),
  fc.constantFrom(
    get("/changes", "", "x"),
    get("/health", "", "x"),
    get("/metrics"),
    post("x", "", "/x"),
  ),
  fc.constantFrom("\r\n", "nonsense\r\n\r\n", "POST /", "HEAD /changes HTTP/1.0\r\n\r\n"),
);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant("send"), request, fc.nat(200)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom("wait", "pause", "resume"), fc.constant(""), fc.nat(12)),
  },
);
const ending = fc.constantFrom("end", "destroy", "reset", "wait");

type Step = [what: string, text: string, number: number];

async function act(socket: Socket, steps: readonly Step[], how: string): Promise<void> {
  socket.on("data", () => {});
  for (const [what, text, number] of steps) {
    if (what === "pause") socket.pause();
    if (what === "resume") socket.resume();
    if (what === "wait") await elapsed(number);
    // Most of them whole.
    if (what === "send" && socket.writable)
      socket.write(text.slice(0, number > 30 ? undefined : number));
  }
  if (how === "end") socket.end();
  if (how === "destroy") socket.destroy();
  // TLS has no reset of its own.
  if (how === "reset") socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy();
  await closed(socket);
}

it.each([
  ["without TLS", undefined],
  ["with TLS", tls],
])("whatever happens on a connection, %s", async (_, files) => {
  const limits = {
    headersTimeoutMilliseconds: 40,
    requestTimeoutMilliseconds: 40,
    bodyBytesMax: 64,
  };
  const { url } = await started(
    { ...limits, keepAliveMilliseconds: 40, idleMilliseconds: 200, unreadMilliseconds: 100 },
    handle,
    { tls: files },
  );
  const { port } = new URL(url);
  const connect = async () => {
    if (files === undefined) return connected(url);
    const socket = connectTls({ host: "127.0.0.1", port: Number(port), ca: authority.certificate });
    socket.on("error", () => {});
    // The time for shaking hands is short as well.
    await once(socket, "secureConnect").catch(() => {});
    return socket;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.array(step, { maxLength: 8 }), ending), { minLength: 8, maxLength: 8 }),
      async (acts) => {
        await Promise.all(
          acts.map(async ([steps, how]) => act(await connect(), steps as Step[], how)),
        );
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
  const metrics = async () => {
    const socket = await connect();
    socket.write(get("/metrics"));
    return everything(socket);
  };
  await expect.poll(metrics, { timeout: 3000, interval: 50 }).toMatch(/\r\n\r\n1 0\n/);
});

it("a client that ends its side of TLS gets its replies", async () => {
  const { url } = await started({}, handle, { tls });
  const socket = connectTls({
    host: "127.0.0.1",
    port: Number(new URL(url).port),
    ca: authority.certificate,
  });
  socket.allowHalfOpen = true;
  await once(socket, "secureConnect");
  socket.end(post("abc") + post("ab"));
  expect((await everything(socket)).match(/\d bytes/g)).toEqual(["3 bytes", "2 bytes"]);
});

it("an idle connection keeps nothing of the last reply, which may hold a secret", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const told: WeakRef<object>[] = [];
  const { url } = await started({}, async () => {
    const reply = { status: 200, headers: {}, body: Buffer.from("a secret") };
    told.push(new WeakRef(reply));
    return reply;
  });
  const socket = await connected(url);
  socket.write(post("x"));
  expect(String(await once(socket, "data"))).toContain("a secret");
  await elapsed(20);
  collect();
  expect(told.map((reply) => reply.deref())).toEqual([undefined]);
  socket.destroy();
  await expectNothingUnderWay(url);
});
