import { inspect } from "node:util";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { createSecrets } from "./index.ts";

/** Parameter Store as a third party would serve it: one parameter, counted, put off until told. */
function store() {
  const held = { value: "first", version: 1, fetches: 0, failure: undefined as Error | undefined };
  const ssm = {
    send: async () => {
      held.fetches++;
      await Promise.resolve();
      if (held.failure !== undefined) throw held.failure;
      return { Parameter: { Value: held.value, Version: held.version } };
    },
  } as unknown as SSMClient;
  const clock = { milliseconds: 0 };
  const secrets = createSecrets({ clients: { ssm }, now: () => clock.milliseconds });
  return { held, clock, secrets, token: secrets.parameter("/weatherproject/apiToken") };
}

function named(name: string): Error {
  return Object.assign(new Error("from the SDK"), { name });
}

describe("a reference", () => {
  test("is fetched once by a thousand callers who come together", async () => {
    const { held, token } = store();
    const values = await Promise.all(Array.from({ length: 1000 }, () => token.get()));
    expect(new Set(values.map((value) => value.reveal()))).toEqual(new Set(["first"]));
    expect(held.fetches).toBe(1);
  });

  test("is served from the cache for its TTL and fetched again after", async () => {
    const { held, clock, token } = store();
    await token.get();
    Object.assign(held, { value: "second", version: 2 });
    clock.milliseconds = 299_999;
    expect((await token.get()).reveal()).toBe("first");
    clock.milliseconds = 300_000;
    expect((await token.get()).reveal()).toBe("second");
    expect(token.peek().version).toBe("2");
  });

  test("is one per name", () => {
    const { secrets, token } = store();
    expect(secrets.parameter("/weatherproject/apiToken")).toBe(token);
    expect(secrets.secret("/weatherproject/apiToken")).not.toBe(token);
  });

  test("says what is wrong in the library's words, without a value", async () => {
    const { held, token } = store();
    expect(() => token.peek()).toThrow(expect.objectContaining({ code: "NotLoaded" }));
    for (const [name, code] of [
      ["ParameterNotFound", "NotFound"],
      ["AccessDeniedException", "AccessDenied"],
      ["TimeoutError", "Unavailable"],
    ] as const) {
      held.failure = named(name);
      await expect(token.get()).rejects.toMatchObject({ name: "SecretsError", code });
    }
    held.failure = undefined;
    expect((await token.get()).reveal()).toBe("first");
  });
});

describe("use", () => {
  test("fetches and tries once more when the provider refuses an old token", async () => {
    const { held, secrets, token } = store();
    await secrets.load();
    Object.assign(held, { value: "second", version: 2 });
    const tried: string[] = [];
    const answer = await secrets.use(token, async (value) => {
      tried.push(value);
      return { status: value === "second" ? 200 : 401 };
    });
    expect(answer.status).toBe(200);
    expect(tried).toEqual(["first", "second"]);
  });

  test("does not try the same token twice", async () => {
    const { secrets, token } = store();
    let calls = 0;
    const refused = secrets.use(token, async () => {
      calls++;
      throw Object.assign(new Error("no"), { statusCode: 401 });
    });
    await expect(refused).rejects.toThrow("no");
    expect(calls).toBe(1);
  });

  test("makes one fetch for many callers who were refused together", async () => {
    const { held, secrets, token } = store();
    await secrets.load();
    Object.assign(held, { value: "second", version: 2 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        secrets.use(token, async (value) => ({ status: value === "second" ? 200 : 401 })),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(held.fetches).toBe(2);
  });

  test("leaves other failures alone", async () => {
    const { held, secrets, token } = store();
    await expect(
      secrets.use(token, async () => Promise.reject(new Error("socket closed"))),
    ).rejects.toThrow("socket closed");
    expect(held.fetches).toBe(1);
  });
});

test("a value shows itself only when asked", async () => {
  const { token } = store();
  const value = await token.get();
  for (const shown of [String(value), `${value}`, JSON.stringify({ value }), inspect({ value })]) {
    expect(shown).toContain("[secret]");
    expect(shown).not.toContain("first");
  }
  expect(value.reveal()).toBe("first");
});
