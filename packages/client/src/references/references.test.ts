import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { clientOfMemory, outage, settle } from "../memory-store.fixture.ts";

function stored() {
  const client = clientOfMemory();
  const { store } = client;
  store.putParameter("/app/token", "text");
  store.putParameter("/app/db/json", '{"user":"u","port":5432}');
  store.putSecret("prod/stripe", '{"apiKey":"sk_live_1","limits":{"qps":5}}');
  store.putSecret("prod/key", new Uint8Array([1, 2, 3]));
  return client;
}

describe("one value has one entry", () => {
  test("by default and as AWSCURRENT", async () => {
    const { store, secrets } = stored();
    const current = secrets.secret("prod/stripe", { versionStage: "AWSCURRENT" });
    expect(current).toBe(secrets.secret("prod/stripe"));
    await Promise.all([current.get(), secrets.json("prod/stripe").get()]);
    expect(store.calls).toHaveLength(1);
  });

  test("of a parameter by name and by ARN, once the ARN is known", async () => {
    const { store, secrets } = stored();
    const parameter = secrets.parameter("/app/token");
    await secrets.load();
    const arn = "arn:aws:ssm:us-east-1:123456789012:parameter/app/token";
    expect(secrets.parameter(arn)).toBe(parameter);
    expect(secrets.parameter(`${arn}:1`)).not.toBe(parameter);
    expect(store.calls).toHaveLength(1);
  });

  test("with its version written either way", () => {
    const { secrets } = stored();
    expect(secrets.parameter("/app/token:1")).toBe(secrets.parameter("/app/token", { version: 1 }));
    expect(secrets.parameter("/app/token:a")).toBe(secrets.parameter("/app/token", { label: "a" }));
  });

  test("and another stage, version or ciphertext is another value", async () => {
    const { store, secrets } = stored();
    store.putSecret("prod/stripe", "newer");
    const previous = secrets.secret("prod/stripe", { versionStage: "AWSPREVIOUS" });
    const current = secrets.secret("prod/stripe");
    const first = secrets.secret("prod/stripe", { versionId: "v1" });
    expect((await current.get()).reveal()).toBe("newer");
    expect((await previous.get()).version).toBe("v1");
    expect((await first.get()).version).toBe("v1");
    await secrets.parameter("/app/token").get();
    await secrets.parameter("/app/token", { withDecryption: false }).get();
    expect(store.calls.slice(-2).map(({ input }) => input.WithDecryption)).toEqual([true, false]);
  });
});

describe("json", () => {
  const schema = z.object({ apiKey: z.string(), limits: z.object({ qps: z.number() }) });

  test("is what the schema makes of it, frozen to its depth, parsed once", async () => {
    const { secrets } = stored();
    const stripe = secrets.json("prod/stripe", schema);
    const value = (await stripe.get()).reveal();
    expect(value).toEqual({ apiKey: "sk_live_1", limits: { qps: 5 } });
    expect(() => Object.assign(value.limits, { qps: 6 })).toThrow(TypeError);
    await stripe.refresh();
    expect(stripe.peek().reveal()).toBe(value);
  });

  test("has fields: strings as they are, anything else as JSON", async () => {
    const { secrets } = stored();
    const stripe = secrets.json("prod/stripe", schema);
    expect((await stripe.field("apiKey").get()).reveal()).toBe("sk_live_1");
    expect(stripe.field("limits").peek().reveal()).toBe('{"qps":5}');
    expect(stripe.field("apiKey").name).toBe("secretsmanager:prod/stripe#apiKey");
    await expect(stripe.field("toString").get()).rejects.toMatchObject({ code: "NotFound" });
  });

  test("has fields whose numbers keep every digit, as the store has them", async () => {
    const { store, secrets } = stored();
    store.putSecret(
      "ids",
      '{"account":12345678901234567890,"rate":1.0,"of":{"id":9007199254740993}}',
    );
    const ids = secrets.json("ids");
    expect((await ids.field("account").get()).reveal()).toBe("12345678901234567890");
    expect((await secrets.reference("secretsmanager:ids#rate").get()).reveal()).toBe("1.0");
    expect((await ids.field("of").get()).reveal()).toBe('{"id":9007199254740993}');
    store.putSecret("number", "1");
    const noObject = secrets.json("number").field("rawJSON").get();
    await expect(noObject).rejects.toMatchObject({ code: "Malformed" });
  });

  test("of keys that JavaScript has a meaning for is data, and pollutes nothing", async () => {
    const { store, secrets } = stored();
    store.putSecret("odd", '{"__proto__":{"isAdmin":true},"constructor":"c"}');
    const odd = secrets.json("odd");
    expect((await odd.field("__proto__").get()).reveal()).toBe('{"isAdmin":true}');
    expect((await odd.field("constructor").get()).reveal()).toBe("c");
    expect(({} as { isAdmin?: true }).isAdmin).toBeUndefined();
    await expect(secrets.json("prod/stripe").field("__proto__").get()).rejects.toMatchObject({
      code: "NotFound",
    });
  });

  test("is read from a parameter too", async () => {
    const { secrets } = stored();
    expect((await secrets.json("/app/db/json").get()).reveal()).toEqual({ user: "u", port: 5432 });
    expect((await secrets.reference("ssm:/app/db/json#port").get()).reveal()).toBe("5432");
  });

  test("waits for a schema that takes its time, and peek shows what has been validated", async () => {
    const { store, secrets } = stored();
    const slow = secrets.json(
      "prod/stripe",
      schema.refine(async () => true),
    );
    expect((await slow.get()).reveal().apiKey).toBe("sk_live_1");
    expect(slow.peek().reveal().apiKey).toBe("sk_live_1");
    store.putSecret("prod/stripe", '{"apiKey":"sk_live_2","limits":{"qps":5}}');
    expect((await slow.refresh()).reveal().apiKey).toBe("sk_live_2");
    expect(slow.peek().reveal().apiKey).toBe("sk_live_2");
    store.putSecret("prod/stripe", "not json: sk_live_3");
    await expect(slow.refresh()).rejects.toMatchObject({ code: "Malformed" });
    expect(() => slow.peek()).toThrow(expect.objectContaining({ code: "Malformed" }));
  });

  const quoting = (fail: (value: unknown) => never): StandardSchemaV1 => ({
    "~standard": { version: 1, vendor: "test", validate: fail },
  });
  test.each<[string, string, StandardSchemaV1 | undefined]>([
    ["a parser that quotes", "sk_live_1 is not JSON", undefined],
    ["a schema that quotes", '{"apiKey":"sk_live_1"}', z.object({ apiKey: z.literal("x") })],
    ["a schema that refuses a key", '{"sk_live_1":1}', z.strictObject({})],
    [
      "a schema that throws",
      '"sk_live_1"',
      quoting((value) => {
        throw new Error(String(value));
      }),
    ],
  ])("never tells the value: %s", async (_, text, schema) => {
    const { store, secrets } = stored();
    store.putSecret("bad", text);
    const failure = await (schema ? secrets.json("bad", schema) : secrets.json("bad")).get().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "Malformed" });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("sk_live_1");
  });
});

describe("onChange", () => {
  test("is silent where the same value comes back after an outage or a denial", async () => {
    const { store, clock, secrets } = stored();
    const token = secrets.parameter("/app/token");
    const told: string[] = [];
    token.onChange((previous, next) => told.push(`${previous.reveal()} > ${next.reveal()}`));
    await token.get();
    store.failure = outage();
    clock.milliseconds += 4_000_000;
    await expect(token.get()).rejects.toMatchObject({ code: "Unavailable" });
    store.failure = undefined;
    clock.milliseconds += 60_000;
    await token.get();
    store.denied.add("/app/token");
    await expect(token.refresh()).rejects.toMatchObject({ code: "AccessDenied" });
    store.denied.clear();
    await token.refresh();
    await settle();
    expect(told).toEqual([]);
    store.putParameter("/app/token", "next");
    await token.refresh();
    await settle();
    expect(told).toEqual(["text > next"]);
  });
});

describe("binary", () => {
  test("is a copy each time, and text is none", async () => {
    const { secrets } = stored();
    const key = await secrets.binary("prod/key").get();
    key.reveal().fill(0);
    expect(key.reveal()).toEqual(new Uint8Array([1, 2, 3]));
    await expect(secrets.secret("prod/key").get()).rejects.toMatchObject({ code: "NotText" });
    await expect(secrets.binary("prod/stripe").get()).rejects.toMatchObject({ code: "NotBinary" });
  });
});

describe("byPath", () => {
  test("gives every parameter below, over all pages, and can't be changed", async () => {
    const { store, secrets } = stored();
    for (const name of ["/app/a", "/app/b", "/apple"]) store.putParameter(name, name);
    const tree = secrets.byPath("/app");
    const parameters = await tree.get();
    expect([...parameters.keys()].sort()).toEqual([
      "/app/a",
      "/app/b",
      "/app/db/json",
      "/app/token",
    ]);
    expect(parameters.get("/app/token")?.reveal()).toBe("text");
    expect(tree.peek()).toBe(parameters);
    expect(() => (parameters as Map<string, unknown>).set("/app/a", 1)).toThrow(TypeError);
    expect(store.operations()).toEqual(["GetParametersByPath", "GetParametersByPath"]);
  });

  test("sees a parameter that was deleted and made anew with the same version", async () => {
    const { store, clock, secrets } = stored();
    const tree = secrets.byPath("/app");
    expect((await tree.get()).get("/app/token")?.reveal()).toBe("text");
    store.parameters.delete("/app/token");
    store.putParameter("/app/token", "made anew");
    clock.milliseconds += 300_000;
    expect((await tree.get()).get("/app/token")?.reveal()).toBe("made anew");
  });
});

describe("firstOf", () => {
  test("is the first that exists; a hit does not wait for the one that is missing", async () => {
    const { store, clock, secrets } = stored();
    const token = secrets.firstOf(secrets.parameter("/app/own"), secrets.parameter("/app/token"));
    await secrets.load();
    expect(token.peek().reveal()).toBe("text");
    expect(token.name).toBe("ssm:/app/own or ssm:/app/token");
    store.putParameter("/app/own", "own");
    clock.milliseconds += 2000;
    store.gate = new Promise((resolve) => setTimeout(resolve, 20));
    expect((await token.get()).reveal()).toBe("text");
    await store.gate;
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect((await token.get()).reveal()).toBe("own");
  });

  test("does not pass over a denial or an outage", async () => {
    const { store, clock, secrets } = stored();
    store.denied.add("/app/own");
    const token = secrets.firstOf(secrets.parameter("/app/own"), secrets.parameter("/app/token"));
    await expect(token.get()).rejects.toMatchObject({ code: "AccessDenied" });
    store.failure = outage();
    clock.milliseconds += 2000;
    await expect(token.get()).rejects.toMatchObject({ code: "Unavailable" });
  });

  test("falls back to development's own, and says when there is none", async () => {
    const { secrets } = stored();
    process.env.CLAVIGER_TEST_TOKEN = "from the environment";
    const missing = secrets.parameter("/app/missing");
    const token = secrets.firstOf(missing, secrets.env("CLAVIGER_TEST_TOKEN"));
    expect((await token.get()).reveal()).toBe("from the environment");
    delete process.env.CLAVIGER_TEST_TOKEN;
    const nothing = secrets.firstOf(missing, secrets.env("CLAVIGER_TEST_NOTHING"));
    await expect(nothing.get()).rejects.toMatchObject({ code: "NotFound" });
  });
});

test("a line of a .env file is read anew at each refresh", async () => {
  const folder = await mkdtemp(join(tmpdir(), "claviger-dotenv-"));
  const file = join(folder, ".env");
  const { secrets } = stored();
  const token = secrets.dotenv(file, "TOKEN");
  await expect(token.get()).rejects.toMatchObject({ code: "NotFound" });
  await writeFile(file, '# comment\nTOKEN="one # two"\nOTHER=x\n');
  expect((await token.refresh()).reveal()).toBe("one # two");
  await writeFile(file, "TOKEN=three\n");
  const next = await token.refresh();
  expect([next.reveal(), next.version]).toEqual(["three", "2"]);
  expect(secrets.reference(`dotenv:${file}#TOKEN`)).toBe(token);
  await rm(folder, { recursive: true });
});

describe("load", () => {
  test("fetches everything declared in as few calls as there can be", async () => {
    const { store, secrets } = stored();
    secrets.parameter("/app/token");
    secrets.json("/app/db/json");
    secrets.json("prod/stripe").field("apiKey");
    secrets.binary("prod/key");
    await secrets.load();
    expect(store.operations().sort()).toEqual(["BatchGetSecretValue", "GetParameters"]);
    await secrets.load();
    expect(store.calls).toHaveLength(2);
  });

  test("fetches every chain, as many as the cache has room for", async () => {
    const { store, secrets } = stored();
    const chains = Array.from({ length: 300 }, (_, at) => {
      store.putParameter(`/many/${at}`, `value ${at}`);
      return secrets.firstOf(secrets.parameter(`/many/${at}`), secrets.env("CLAVIGER_TEST_NONE"));
    });
    await secrets.load();
    expect(chains.map((chain) => chain.peek().reveal())).toContain("value 0");
  });

  test("names each one that failed", async () => {
    const { secrets } = stored();
    secrets.parameter("/app/token");
    secrets.parameter("/app/missing");
    secrets.json("prod/key");
    await expect(secrets.load()).rejects.toMatchObject({
      name: "SecretsError",
      message: expect.stringMatching(
        /^2 of 3 failed: .*ssm:\/app\/missing.*secretsmanager:prod\/key/,
      ),
    });
  });
});
