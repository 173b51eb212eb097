import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { Agent, interceptors, fetch as undiciFetch } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clientOfMemory } from "../memory-store.fixture.ts";
import { basic, bearer, template } from "./header-value.ts";

interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Answer = (received: Received, response: ServerResponse) => void;

/** An origin of a third party, which keeps what it gets. */
async function startOrigin(answer: Answer) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { url = "", method = "", headers } = request;
    const one = { url, method, headers, body: await text(request) };
    received.push(one);
    answer(one, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin, received, close };
}

function redirect(status: number, location: string): Answer {
  return ({ url }, response) => {
    if (url === "/start") response.writeHead(status, { location }).end("moved");
    else response.end("arrived");
  };
}

let answer: Answer;
let provider: Awaited<ReturnType<typeof startOrigin>>;
let other: Awaited<ReturnType<typeof startOrigin>>;

beforeEach(async () => {
  answer = (_, response) => response.end("fine");
  provider = await startOrigin((received, response) => answer(received, response));
  other = await startOrigin((_, response) => response.end("other"));
});

afterEach(() => {
  provider.close();
  other.close();
});

function client() {
  const memory = clientOfMemory();
  memory.store.putParameter("/provider/token", "wx_first");
  const token = memory.secrets.parameter("/provider/token");
  const rules = { [provider.origin]: { header: "authorization", value: bearer(token) } };
  return { ...memory, token, rules, fetch: memory.secrets.fetch(rules) };
}

describe("which requests get the credential", () => {
  test("those to its origin, and no others", async () => {
    const { fetch } = client();
    expect(await (await fetch(`${provider.origin}/v1?q=1`)).text()).toBe("fine");
    await fetch(new URL(provider.origin), { headers: { "x-own": "kept" } });
    await fetch(new Request(provider.origin, { headers: { "x-own": "kept" } }));
    expect(provider.received).toMatchObject([
      { url: "/v1?q=1", headers: { authorization: "Bearer wx_first" } },
      { headers: { authorization: "Bearer wx_first", "x-own": "kept" } },
      { headers: { authorization: "Bearer wx_first", "x-own": "kept" } },
    ]);
    // Another port, another scheme and a name that only begins alike are other origins.
    await fetch(other.origin);
    await expect(fetch(provider.origin.replace("http:", "https:"))).rejects.toThrow();
    await expect(fetch(`${provider.origin}0`)).rejects.toThrow();
    expect(other.received[0]?.headers.authorization).toBeUndefined();
  });

  test.each([
    ["http://api.provider.example", "in the clear"],
    ["http://127.0.0.1.example", "in the clear"],
    ["https://api.provider.example/v1", "no origin"],
    ["https://user@api.provider.example", "no origin"],
    ["api.provider.example", "no origin"],
    ["ftp://api.provider.example", "in the clear"],
  ])("a rule for %s is refused: %s", (key, why) => {
    const { secrets, token } = client();
    expect(() => secrets.fetch({ [key]: { header: "x-key", value: token } })).toThrow(why);
  });

  test("whoever gives up need not wait for the secret, and nothing is sent for them", async () => {
    const { store, fetch } = client();
    let open = () => {};
    store.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const caller = new AbortController();
    const gone = new Error("gone");
    const answers = [
      fetch(provider.origin, { signal: caller.signal }),
      fetch(new Request(provider.origin, { signal: caller.signal })),
    ];
    caller.abort(gone);
    for (const given of await Promise.allSettled(answers)) {
      expect(given).toEqual({ status: "rejected", reason: gone });
    }
    await expect(fetch(provider.origin, { signal: caller.signal })).rejects.toBe(gone);
    open();
    await (await fetch(provider.origin)).text();
    expect(provider.received).toHaveLength(1);
  });

  test.each(["https://API.provider.example:443/", "http://localhost:1", "http://[::1]:1"])(
    "a rule for %s is not",
    (key) => {
      const { secrets, token } = client();
      secrets.fetch({ [key]: { header: "x-key", value: token } });
    },
  );
});

describe("the header", () => {
  test("is basic, a template, or the value as it is", async () => {
    const { secrets, token } = client();
    for (const [header, value] of [
      ["authorization", basic("ann", token)],
      ["authorization", template`Token token="${token}"`],
      ["x-api-key", token],
    ] as const) {
      await secrets.fetch({ [provider.origin]: { header, value } })(provider.origin);
    }
    expect(provider.received.map(({ headers }) => headers)).toMatchObject([
      { authorization: `Basic ${Buffer.from("ann:wx_first").toString("base64")}` },
      { authorization: 'Token token="wx_first"' },
      { "x-api-key": "wx_first" },
    ]);
  });

  test("has no line break at its end, and one amid the value is told without it", async () => {
    const { store, secrets, fetch } = client();
    store.putParameter("/provider/token", "wx_line\n");
    await fetch(provider.origin);
    expect(provider.received[0]?.headers.authorization).toBe("Bearer wx_line");
    store.putParameter("/provider/broken", "wx_broken\nx-injected: 1");
    const value = bearer(secrets.parameter("/provider/broken"));
    const failed = secrets.fetch({ [provider.origin]: { header: "x-key", value } });
    await expect(failed(provider.origin)).rejects.toMatchObject({
      code: "Malformed",
      message: "ssm:/provider/broken can't stand in a header",
    });
  });
});

describe("redirects", () => {
  test.each([301, 302, 303, 307, 308])("within the origin keep it (%i)", async (status) => {
    answer = redirect(status, "/end");
    const response = await client().fetch(`${provider.origin}/start#part`);
    expect(await response.text()).toBe("arrived");
    expect(response).toMatchObject({ redirected: true, url: `${provider.origin}/end` });
    expect(provider.received[1]).toMatchObject({
      url: "/end",
      headers: { authorization: "Bearer wx_first" },
    });
  });

  test.each(["authorization", "x-api-key"])("to another origin drop %s", async (header) => {
    answer = redirect(307, `${other.origin}/end`);
    const { secrets, token } = client();
    const rule = { header, value: bearer(token) };
    // Not even by a rule of its own: the address is not the caller's choice.
    const fetch = secrets.fetch({ [provider.origin]: rule, [other.origin]: rule });
    const headers = { cookie: "session=1", "x-own": "kept" };
    const response = await fetch(`${provider.origin}/start`, { headers });
    expect(await response.text()).toBe("other");
    expect(other.received[0]?.headers).toMatchObject({ "x-own": "kept" });
    for (const dropped of [header, "cookie"]) {
      expect(other.received[0]?.headers).not.toHaveProperty(dropped);
    }
  });

  test("from another origin, and back from it, come without it", async () => {
    const { fetch } = client();
    const away = await startOrigin(redirect(302, `${provider.origin}/end`));
    answer = redirect(302, `${away.origin}/start`);
    await fetch(`${away.origin}/start`);
    await fetch(`${provider.origin}/start`);
    away.close();
    const sent = provider.received.map(({ url, headers }) => [url, headers.authorization]);
    expect(sent).toEqual([
      ["/end", undefined],
      ["/start", "Bearer wx_first"],
      ["/end", undefined],
    ]);
  });

  test.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [303, "HEAD", "HEAD", undefined],
    [307, "POST", "POST", "the body"],
    [308, "PUT", "PUT", "the body"],
    [301, "PUT", "PUT", "the body"],
  ])("%i of a %s is a %s", async (status, method, then, body) => {
    answer = redirect(status, "/end");
    const init = body === undefined ? { method } : { method, body: "the body" };
    await client().fetch(`${provider.origin}/start`, init);
    expect(provider.received[1]).toMatchObject({ method: then, body: body ?? "" });
    const type = provider.received[1]?.headers["content-type"];
    expect(type).toBe(body === "the body" ? "text/plain;charset=UTF-8" : undefined);
  });

  test("are as the caller wants them: manual, or an error", async () => {
    answer = redirect(302, "/end");
    const { fetch } = client();
    const manual = await fetch(`${provider.origin}/start`, { redirect: "manual" });
    expect([manual.status, await manual.text()]).toEqual([302, "moved"]);
    const request = new Request(`${provider.origin}/start`, { redirect: "error" });
    await expect(fetch(request)).rejects.toThrow(TypeError);
    expect(provider.received).toHaveLength(2);
  });

  test.each([
    ["to themselves end after twenty", 302, "/start", undefined, 21],
    ["to what is no web address fail", 302, "file:///etc/passwd", undefined, 1],
    ["to nonsense fail", 302, "http://[", undefined, 1],
    ["that ask for a stream again fail", 307, "/end", () => Readable.from(["streamed"]), 1],
  ])("%s", async (_, status, location, body, requests) => {
    answer = redirect(status, location);
    const init = body && { method: "POST", body: body() as never, duplex: "half" as const };
    const failed = client().fetch(`${provider.origin}/start`, init);
    await expect(failed).rejects.toThrow("fetch failed");
    expect(provider.received).toHaveLength(requests);
  });
});

describe("a refused credential", () => {
  const accepts =
    (value: string): Answer =>
    ({ headers, body }, response) => {
      response.statusCode = headers.authorization === `Bearer ${value}` ? 200 : 401;
      response.end(body || "no body");
    };

  test("is fetched anew, once, and the request sent once more with its body", async () => {
    const { store, secrets, fetch } = client();
    await secrets.load();
    store.putParameter("/provider/token", "wx_second");
    answer = accepts("wx_second");
    const bodies = [
      "text",
      new URLSearchParams({ a: "b" }),
      new Blob(["blob"]),
      Buffer.from("bytes"),
    ];
    const answers = await Promise.all(
      bodies.map(async (body) => (await fetch(provider.origin, { method: "POST", body })).text()),
    );
    expect(answers).toEqual(["text", "a=b", "blob", "bytes"]);
    expect(store.calls).toHaveLength(2);
    expect(provider.received).toHaveLength(8);
  });

  test("is answered with 401 where it is the newest, and the body can be read", async () => {
    const { fetch, store } = client();
    answer = accepts("wx_other");
    const response = await fetch(provider.origin);
    expect([response.status, await response.text()]).toEqual([401, "no body"]);
    expect(store.calls.length).toBeLessThanOrEqual(3);
  });

  test("finds the version before it, when the provider still wants that", async () => {
    const { store, fetch } = client();
    store.putParameter("/provider/token", "wx_not_yet");
    answer = accepts("wx_first");
    expect((await fetch(provider.origin)).status).toBe(200);
  });

  test("under a body that is a stream serves the next request", async () => {
    const { store, secrets, fetch } = client();
    await secrets.load();
    store.putParameter("/provider/token", "wx_second");
    answer = accepts("wx_second");
    const init = () => ({
      method: "POST",
      body: Readable.from(["s"]) as never,
      duplex: "half" as const,
    });
    expect((await fetch(provider.origin, init())).status).toBe(401);
    expect((await fetch(provider.origin, init())).status).toBe(200);
    expect(provider.received).toHaveLength(2);
  });

  test("is not what a 401 of another origin says, nor a 403", async () => {
    const { store, fetch } = client();
    answer = (_, response) => response.writeHead(403).end();
    expect((await fetch(provider.origin)).status).toBe(403);
    const foreign = await startOrigin((_, response) => response.writeHead(401).end());
    answer = redirect(302, foreign.origin);
    expect((await fetch(`${provider.origin}/start`)).status).toBe(401);
    foreign.close();
    expect(provider.received).toHaveLength(2);
    expect(store.calls).toHaveLength(1);
  });
});

describe("undici", () => {
  test("its fetch, dispatcher and cache stay the caller's", async () => {
    answer = (_, response) => {
      response.setHeader("cache-control", "public, max-age=60");
      response.setHeader("vary", "authorization");
      response.end("cached");
    };
    const { secrets, rules, store } = client();
    const dispatcher = new Agent().compose(interceptors.cache({ type: "private" }));
    const fetch = secrets.fetch(rules, undiciFetch);
    for (let count = 0; count < 3; count++) {
      const response = await fetch(`${provider.origin}/v1`, { dispatcher });
      expect(await response.text()).toBe("cached");
    }
    expect(provider.received).toHaveLength(1);
    store.putParameter("/provider/token", "wx_second");
    await secrets.parameter("/provider/token").refresh();
    await fetch(`${provider.origin}/v1`, { dispatcher });
    expect(provider.received[1]?.headers.authorization).toBe("Bearer wx_second");
    await dispatcher.close();
  });
});
