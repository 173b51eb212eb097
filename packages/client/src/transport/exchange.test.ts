import { inspect } from "node:util";
import { expect, test } from "vitest";
import { exchange } from "./exchange.ts";
import { type Answer, rejection, standIn } from "./stand-in.fixture.ts";
import { TransportError } from "./transport.ts";

const secret = "wx_live_51H";

async function ask(answer: Answer, timeoutMilliseconds = 5000, signal?: AbortSignal) {
  const { url } = await standIn(answer);
  const request = { method: "POST", url: new URL(url), headers: {}, body: "{}" } as const;
  return exchange(request, { timeoutMilliseconds, signal });
}

test("gives the whole reply, whatever pieces it comes in", async () => {
  const bytes = Buffer.from("Zürich 🔑");
  const reply = await ask(async (_, response) => {
    response.setHeader("x-amzn-RequestId", "1");
    for (const byte of bytes) {
      response.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    response.end();
  });
  expect(reply).toMatchObject({ status: 200, text: "Zürich 🔑" });
  expect(reply.headers.get("x-amzn-requestid")).toBe("1");
});

const ways: readonly (readonly [string, Answer, string])[] = [
  ["a reset before the reply", (_, { socket }) => socket?.resetAndDestroy(), "Unreachable"],
  [
    "half a body of a known length",
    (_, response) => {
      response.writeHead(200, { "Content-Length": "1000" });
      response.write(`{"SecretString":"${secret}`, () => response.socket?.destroy());
    },
    "Unreachable",
  ],
  [
    "half a body in chunks",
    (_, response) => {
      response.write(`{"SecretString":"${secret}`, () => response.socket?.destroy());
    },
    "Unreachable",
  ],
  ["what is not HTTP", (_, { socket }) => socket?.end(`${secret}\r\n\r\n`), "Unreachable"],
  [
    "what is not UTF-8",
    (_, response) => response.end(Buffer.concat([Buffer.from(secret), Buffer.of(0xff)])),
    "Unreadable",
  ],
  [
    "a redirect",
    (_, response) => response.writeHead(307, { Location: "/elsewhere" }).end(secret),
    "Unreadable",
  ],
  [
    "more than 16 MB",
    (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(secret.repeat(10_000)));
      };
      response.on("drain", more).on("error", () => {});
      more();
    },
    "Unreadable",
  ],
];

test.each(ways)("%s is an outage, and nothing of it is quoted", async (_, answer, code) => {
  const error = await rejection(ask(answer));
  expect(error).toBeInstanceOf(TransportError);
  expect(error).toMatchObject({ code, kind: "outage" });
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
});

test("a redirect is not followed", async () => {
  const { url, asked } = await standIn((_, response) =>
    response.writeHead(302, { Location: "/elsewhere" }).end(),
  );
  const request = { method: "GET", url: new URL(url), headers: {} } as const;
  await rejection(exchange(request, { timeoutMilliseconds: 5000 }));
  expect(asked.map(({ path }) => path)).toEqual(["/"]);
});

test("silence is ended when the time is up, before the reply and within it", async () => {
  const silences: Answer[] = [() => {}, (_, response) => void response.write("{")];
  for (const silence of silences) {
    const error = await rejection(ask(silence, 50));
    expect(error).toMatchObject({ code: "TimedOut", kind: "outage" });
  }
});

test("nobody listening is an outage that says so", async () => {
  const url = new URL("http://127.0.0.1:9");
  const error = await rejection(
    exchange({ method: "GET", url, headers: {} }, { timeoutMilliseconds: 5000 }),
  );
  expect(error).toMatchObject({ code: "Unreachable", kind: "outage" });
});

test("the caller's signal ends it with its own reason, and keeps no listener", async () => {
  const caller = new AbortController();
  const reason = new Error("no more");
  const pending = ask(() => caller.abort(reason), 5000, caller.signal);
  expect(await rejection(pending)).toBe(reason);
  expect(await rejection(ask(() => {}, 5000, caller.signal))).toBe(reason);
});
