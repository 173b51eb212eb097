import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { eventually } from "../../../../tools/harness/eventually.ts";
import type { HttpReply, HttpRequest } from "../message.ts";
import {
  bodyOf,
  closed,
  connected,
  echo,
  everything,
  get,
  post,
  started,
} from "./listener.fixture.ts";

describe("a request", () => {
  it("reaches the handler whole", async () => {
    const { seen, talk } = await started();
    const reply = await talk(
      "POST /?a=b HTTP/1.1\r\nHost: v\r\nX-Amz-Target: T\r\nX-Amz-Meta: 1\r\nX-Amz-Meta: 2\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    );
    expect(seen).toEqual([
      {
        method: "POST",
        target: "/?a=b",
        headers: {
          host: "v",
          "x-amz-target": "T",
          "x-amz-meta": "1,2",
          "content-length": "5",
          connection: "close",
        },
        body: Buffer.from("hello"),
        sourceAddress: "127.0.0.1",
        isSecureTransport: false,
        problem: undefined,
      },
    ]);
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\nx-amzn-RequestId: id\r\nContent-Length: 7\r\n/);
    expect(reply.endsWith("\r\n\r\n5 bytes")).toBe(true);
  });

  it("may come in chunks and in pieces", async () => {
    const { seen, url } = await started();
    const socket = await connected(url);
    for (const piece of [
      "POST / HTTP/1.1\r\nHost: v\r\nTransfer-Encoding: chu",
      "nked\r\nConnection: close\r\n\r\n3\r\nabc",
      "\r\n2\r\nde\r\n",
      "0\r\n\r\n",
    ]) {
      socket.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await everything(socket)).toContain("5 bytes");
    expect(seen[0]?.body.toString()).toBe("abcde");
  });

  it("is told to continue when it asks", async () => {
    const { url } = await started();
    const socket = await connected(url);
    socket.write(
      "POST / HTTP/1.1\r\nHost: v\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
    );
    expect(String(await once(socket, "data"))).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("{}");
    expect(await everything(socket)).toContain("2 bytes");
  });

  it("is answered in order when several are sent at once", async () => {
    const { talk } = await started();
    const post = (body: string, more = "") =>
      `POST / HTTP/1.1\r\nHost: v\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
    const reply = await talk(post("a") + post("bb") + post("ccc", "Connection: close\r\n"));
    expect(reply.match(/\d bytes/g)).toEqual(["1 bytes", "2 bytes", "3 bytes"]);
  });

  it("goes each step of its way beside those that arrived with it", async () => {
    const steps: string[] = [];
    const { talk } = await started({}, async (request) => {
      steps.push("begun");
      await undefined;
      steps.push("going on");
      return echo(request);
    });
    const post = (more = "") => `POST / HTTP/1.1\r\nHost: v\r\n${more}Content-Length: 1\r\n\r\na`;
    await talk(post() + post("Connection: close\r\n"));
    expect(steps).toEqual(["begun", "begun", "going on", "going on"]);
  });

  it("outlives a handler that throws, which is told to nobody but the log", async () => {
    const { talk } = await started({}, () => Promise.reject(new Error("hunter2")));
    const reply = await talk(get("/?Action=x"));
    expect(reply).toMatch(/^HTTP\/1\.1 500 [\s\S]*x-amzn-RequestId: [0-9a-f-]{36}\r\n/);
    expect(reply).toContain('{"__type":"InternalServiceError"}');
    expect(await talk(get("/health"))).toContain("200 OK");
  });

  it("outlives a reply that can't be written", async () => {
    const broken = { status: 200, headers: { "x-amzn-RequestId": "a\r\nb" }, body: "" };
    const { talk } = await started({}, () => Promise.resolve(broken));
    expect(await talk(get("/"))).toBe("");
    expect(await talk(get("/health"))).toContain("200 OK");
  });
});

it("believes a trusted proxy", async () => {
  const { seen, talk } = await started({}, undefined, { trustedProxies: ["127.0.0.0/8"] });
  await talk(get("/", "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"));
  expect(seen[0]).toMatchObject({ sourceAddress: "203.0.113.9", isSecureTransport: true });
});

describe("beside the AWS APIs", () => {
  it("there is /health", async () => {
    let trouble: string | undefined;
    const { url } = await started({}, undefined, {}, () => trouble);
    const well = await fetch(`${url}/health?from=probe`);
    expect([well.status, await well.json()]).toEqual([200, { status: "ok", version: "1.2.3" }]);
    trouble = "the audit log can't be written";
    const ill = await fetch(`${url}/health`);
    expect([ill.status, await ill.json()]).toEqual([
      503,
      { status: "failing", version: "1.2.3", reason: trouble },
    ]);
  });

  it("there is /metrics, told what the listener knows", async () => {
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { url, talk } = await started({}, (request) => answered.then(() => echo(request)));
    const waiting = talk(get("/"));
    await eventually(async () => {
      const reply = await fetch(`${url}/metrics?by=probe`);
      expect(reply.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
      expect(reply.status).toBe(200);
      expect(await reply.text()).toMatch(/^\d+ 1\nends never\n$/);
    });
    answer();
    expect(await waiting).toContain("200 OK");
  });

  it.each(["/favicon.ico", "/healthy", "/metrics/", "//", "*", "http://v/"])(
    "there is no %s",
    async (path) => {
      const { seen, talk } = await started();
      const reply = await talk(`OPTIONS ${path} HTTP/1.1\r\nHost: v\r\nConnection: close\r\n\r\n`);
      expect(reply).toContain("404 Not Found");
      expect(seen).toEqual([]);
    },
  );
});

describe("closing", () => {
  it("finishes what is under way, says so, and turns newcomers away", async () => {
    let finish: (reply: HttpReply) => void = () => {};
    const handled = (request: HttpRequest) =>
      request.problem === undefined
        ? new Promise<HttpReply>((resolve) => {
            finish = resolve;
          })
        : echo(request);
    const { url, listener } = await started({}, handled);
    const busy = await connected(url);
    const idle = await connected(url);
    busy.write(get("/", "", "keep-alive"));
    idle.write(get("/health", "", "keep-alive"));
    await once(idle, "data");
    const closing = listener.close();
    await closed(idle);
    const health = await fetch(`${url}/health`);
    expect([health.status, await health.json()]).toEqual([
      503,
      { status: "draining", version: "1.2.3" },
    ]);
    expect(await bodyOf(url, "{}")).toBe("ServiceUnavailable");
    finish({ status: 200, headers: {}, body: "at last" });
    const reply = await everything(busy);
    expect(reply).toContain("Connection: close");
    expect(reply).toContain("at last");
    await closing;
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    await listener.close();
  });

  it("behind a proxy, serves on until that has looked at /health", async () => {
    const behind = { trustedProxies: ["127.0.0.1/32"] };
    const { url, listener, talk } = await started({ leaveMilliseconds: 300 }, echo, behind);
    const forwarded = "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n";
    const kept = await connected(url);
    kept.write(get("/health", "", "keep-alive"));
    await once(kept, "data");
    const leaving = listener.leave();
    expect((await fetch(`${url}/health`)).status).toBe(503);
    expect(await talk(post("ab", forwarded))).toContain("2 bytes");
    kept.write(post("abc", forwarded));
    const reply = await everything(kept);
    expect(reply).toContain("Connection: close");
    expect(reply).toContain("3 bytes");
    await leaving;
    expect(await talk(post("a", forwarded))).toContain("1 bytes");
    await listener.close();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it("leaves at once where nobody looks", async () => {
    const { url, listener } = await started({ leaveMilliseconds: 60_000 });
    await listener.leave();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it("cuts off no reply that is on its way", async () => {
    const large = { status: 200, headers: {}, body: "x".repeat(32 * 1024 * 1024) };
    // A busy machine takes a while to carry it.
    const drainMilliseconds = 10_000;
    const { url, listener } = await started({ drainMilliseconds }, () => Promise.resolve(large));
    const socket = await connected(url);
    socket.pause();
    socket.write(get("/", "", "keep-alive"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closing = listener.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await everything(socket)).length).toBeGreaterThan(large.body.length);
    await closing;
  });

  it("waits no longer than it may", async () => {
    const { url, listener } = await started({ drainMilliseconds: 30 }, () => new Promise(() => {}));
    const socket = await connected(url);
    socket.write(get("/"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await listener.close();
    await closed(socket);
  });
});

it("does not listen beyond loopback without TLS", async () => {
  await expect(started({}, undefined, { host: "0.0.0.0" })).rejects.toThrow("--tls-cert");
});
