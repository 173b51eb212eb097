import { describe, expect, test } from "vitest";
import { MemoryStore, outage, refused, settle } from "../memory-store.fixture.ts";
import { TransportError } from "../transport/transport.ts";
import { BackOff } from "./back-off.ts";
import { Calls } from "./calls.ts";

function caller(random = () => 0) {
  const store = new MemoryStore();
  const clock = { milliseconds: 0 };
  const calls = new Calls({ transport: store, clock: () => clock.milliseconds, random });
  const { signal } = new AbortController();
  const call = (service: "ssm" | "secretsmanager" = "ssm", isPatient = false) =>
    calls.call(service, "GetParameter", { Name: "/token" }, { signal, isPatient }).then(
      () => "answered",
      (error: TransportError) => error.code,
    );
  store.putParameter("/token", "value");
  return { store, clock, calls, call };
}

async function times<Result>(count: number, run: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let each = 0; each < count; each++) results.push(await run());
  return results;
}

describe("a service that fails", () => {
  test("five times in a row is left alone for a while, then tried by one call at a time", async () => {
    const { store, clock, call } = caller();
    store.failure = outage();
    await times(20, call);
    expect(store.calls).toHaveLength(5);
    clock.milliseconds += 1000;
    await Promise.all([call(), call(), call()]);
    expect(store.calls).toHaveLength(6);
    store.failure = undefined;
    clock.milliseconds += 1000;
    expect(await call()).toBe("answered");
    expect(await Promise.all([call(), call()])).toEqual(["answered", "answered"]);
  });

  test("in one moment to many is one failure's pause, not that of each of them", async () => {
    const { store, clock, call } = caller(() => 1);
    store.failure = outage();
    await Promise.all(Array.from({ length: 16 }, () => call()));
    store.failure = undefined;
    clock.milliseconds += 3000;
    expect(await call()).toBe("answered");
  });

  test("with hundreds waiting for their turn is not asked by them", async () => {
    const { store, call } = caller();
    store.failure = outage();
    const codes = await Promise.all(Array.from({ length: 500 }, () => call("ssm", true)));
    expect(new Set(codes)).toEqual(new Set(["Unreachable"]));
    expect(store.calls.length).toBeLessThan(25);
  });

  test("leaves the other one alone", async () => {
    const { store, call } = caller();
    store.failure = outage();
    await times(10, call);
    store.failure = undefined;
    expect(await call("ssm")).toBe("Unreachable");
    expect(await call("secretsmanager")).toBe("answered");
  });

  test("now and then is not: an answer in between counts, be it a refusal", async () => {
    const { store, call } = caller();
    for (let each = 0; each < 10; each++) {
      store.failure = outage();
      await times(4, call);
      store.failure = refused("AccessDeniedException");
      expect(await call()).toBe("AccessDeniedException");
    }
    expect(store.calls).toHaveLength(50);
  });

  test("and says for how long is left alone for so long", async () => {
    const { store, clock, call } = caller();
    store.failure = new TransportError("ThrottlingException", "slow down", {
      kind: "throttled",
      retryAfterMilliseconds: 60_000,
    });
    expect(await call("ssm", true)).toBe("ThrottlingException");
    clock.milliseconds += 59_999;
    await call();
    expect(store.calls).toHaveLength(1);
    clock.milliseconds += 1;
    await call();
    expect(store.calls).toHaveLength(2);
  });
});

describe("patience", () => {
  test("is three attempts for what may pass, and one for a refusal", async () => {
    const { store, call } = caller();
    store.failure = refused("AccessDeniedException");
    await call("ssm", true);
    expect(store.calls).toHaveLength(1);
    store.failure = outage();
    await call("ssm", true);
    expect(store.calls).toHaveLength(4);
  });

  test("ends with the caller", async () => {
    const { store, calls } = caller();
    store.failure = outage();
    const controller = new AbortController();
    const { signal } = controller;
    const call = calls.call("ssm", "GetParameter", {}, { signal, isPatient: true });
    setImmediate(() => setImmediate(() => controller.abort()));
    await expect(call).rejects.toThrow();
    expect(store.calls).toHaveLength(1);
  });
});

test("waits are drawn between the base and three times the last one, up to the cap", () => {
  const limits = { baseMilliseconds: 10, capMilliseconds: 100 };
  const longest = new BackOff(limits, () => 1);
  expect([1, 2, 3, 4].map(() => longest.next())).toEqual([30, 90, 100, 100]);
  longest.reset();
  expect(longest.next()).toBe(30);
  const shortest = new BackOff(limits, () => 0);
  expect([1, 2, 3].map(() => shortest.next())).toEqual([10, 10, 10]);
});

test("a thousand calls at once are twenty at a time", async () => {
  const { store, call } = caller();
  let open = () => {};
  store.gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const answers = Promise.all(Array.from({ length: 1000 }, () => call()));
  const others = call("secretsmanager");
  await settle();
  expect(store.calls).toHaveLength(21);
  open();
  expect(new Set(await answers)).toEqual(new Set(["answered"]));
  expect(await others).toBe("answered");
});
