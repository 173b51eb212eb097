import { Console } from "node:console";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { serialize } from "node:v8";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { redact } from "./redaction/redact.ts";
import { makeSecret } from "./secret.ts";

const origin = { version: "3", fetchedAt: new Date(1_700_000_000_000), isStale: false };
const value = "wx_the-weather-token";
const secret = makeSecret(value, origin);

describe("a secret", () => {
  test("gives its value to who asks, with where it came from", () => {
    expect(secret.reveal()).toBe(value);
    expect(secret).toMatchObject(origin);
    secret.fetchedAt.setTime(0);
    expect(secret.fetchedAt).toEqual(origin.fetchedAt);
  });

  test.each<[string, () => string]>([
    ["String()", () => String(secret)],
    ["toString", () => secret.toString()],
    ["toLocaleString", () => secret.toLocaleString()],
    ["a template", () => `${secret}`],
    ["concatenation", () => "".concat(secret as never)],
    ["join", () => [secret].join()],
    ["JSON", () => JSON.stringify(secret)],
    ["JSON of what holds it", () => JSON.stringify({ deep: [secret] })],
    ["inspection", () => inspect(secret)],
    ["inspection of what holds it", () => inspect({ deep: [secret], map: new Map([[1, secret]]) })],
    ["inspection of hidden members", () => inspect(secret, { showHidden: true, getters: true })],
    ["an error's cause", () => inspect(new Error("failed", { cause: secret }))],
    ["console.log", () => printed((console) => console.log("%s %o %j", secret, secret, secret))],
    ["pino", () => logged((log) => log.info({ secret }, "the token is %s", secret))],
    [
      "pino, as an error's member",
      () => logged((log) => log.error(Object.assign(Error(), { secret }))),
    ],
  ])("shows itself as [redacted] in %s", (_, show) => {
    expect(show()).toContain("[redacted]");
    expect(show()).not.toContain(value);
  });

  test.each<[string, () => unknown]>([
    ["keys", () => Reflect.ownKeys(secret)],
    ["a spread", () => ({ ...secret })],
    ["assign", () => Object.assign({}, secret)],
    ["a structured clone", () => structuredClone({ secret })],
    ["postMessage", () => posted({ secret })],
    ["V8's serialisation", () => serialize({ secret }).toString("latin1")],
    ["pino, as the merged object", () => logged((log) => log.info(secret))],
    ["console.dir", () => printed((console) => console.dir({ secret }, { showHidden: true }))],
    ["inspection past its own", () => inspect(secret, { customInspect: false, showHidden: true })],
  ])("is not carried by %s", (_, carry) => {
    expect(JSON.stringify(carry()) ?? "").not.toContain(value);
    expect(inspect(carry(), { depth: 9 })).not.toContain(value);
  });

  test("can't be changed", () => {
    expect(() => Object.assign(secret, { version: "4" })).toThrow(TypeError);
    expect(() => Object.assign(secret, { reveal: () => "other" })).toThrow(TypeError);
  });

  test("freezes data to its depth, and leaves a schema's own objects usable", () => {
    const client = { calls: [] as string[] };
    class Holder {
      readonly client = client;
    }
    const nested = { a: [{ b: "c" }], holder: new Holder() };
    const { a, holder } = makeSecret(Object.freeze(nested), origin).reveal();
    expect(() => Object.assign(a[0] ?? {}, { b: "poison" })).toThrow(TypeError);
    expect(() => a.push({ b: "poison" })).toThrow(TypeError);
    holder.client.calls.push("used");
    expect(client.calls).toEqual(["used"]);
  });

  test("freezes what nests deeper than the stack", () => {
    const deep = JSON.parse(`${"[".repeat(32_000)}${"]".repeat(32_000)}`);
    expect(makeSecret(deep, origin).reveal()).toBe(deep);
  });

  test("gives bytes as a copy", () => {
    const bytes = makeSecret(new Uint8Array([1, 2]), origin);
    bytes.reveal()[0] = 9;
    expect(bytes.reveal()).toEqual(new Uint8Array([1, 2]));
  });

  test("is masked by redact, with the text that it was parsed from", () => {
    expect(redact(`with ${value}`)).toBe("with [redacted]");
    makeSecret({ port: 5432 }, { ...origin, text: '{"port": 5432}' });
    expect(redact('got {"port": 5432}')).toBe("got [redacted]");
  });
});

function printed(print: (console: Console) => void): string {
  let text = "";
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  print(new Console(stdout));
  return text;
}

function logged(log: (logger: pino.Logger) => void): string {
  let text = "";
  const write = (line: string) => {
    text += line;
  };
  log(pino({}, { write }));
  return text;
}

function posted(message: unknown): unknown {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(message);
  const received = receiveMessageOnPort(port2);
  port1.close();
  return received;
}
