import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, test } from "vitest";
import { clientOfMemory, outage, refused, settle } from "../memory-store.fixture.ts";

function loaded(options = {}) {
  const client = clientOfMemory(options);
  client.store.putParameter("/token", "first");
  return { ...client, token: client.secrets.parameter("/token") };
}

describe("a hit", () => {
  test("is served without a call and without another promise, from get and from peek", async () => {
    const { store, token } = loaded();
    const value = await token.get();
    expect(token.peek()).toBe(value);
    expect(token.get()).toBe(token.get());
    expect(await token.get()).toBe(value);
    expect(value.reveal()).toBe("first");
    expect(store.calls).toHaveLength(1);
  });

  test("never waits between the refresh-ahead point and the end of the TTL", async () => {
    const { store, clock, token } = loaded();
    await token.get();
    store.putParameter("/token", "second");
    let open = () => {};
    store.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    clock.milliseconds += 265_000;
    expect((await token.get()).reveal()).toBe("first");
    expect(token.peek().reveal()).toBe("first");
    await settle();
    expect(store.calls).toHaveLength(2);
    open();
    await settle();
    expect(token.peek().reveal()).toBe("second");
    expect(token.peek().isStale).toBe(false);
    expect(store.calls).toHaveLength(2);
  });

  test("of somebody who only peeks keeps the value fresh too", async () => {
    const { store, clock, token } = loaded();
    await token.get();
    store.putParameter("/token", "second");
    clock.milliseconds += 301_000;
    const served = token.peek();
    expect([served.reveal(), served.isStale]).toEqual(["first", true]);
    await settle();
    expect([token.peek().reveal(), token.peek().isStale]).toEqual(["second", false]);
  });
});

describe("a fetch", () => {
  test("is one for a thousand callers who come together", async () => {
    const { store, token } = loaded();
    const values = await Promise.all(Array.from({ length: 1000 }, () => token.get()));
    expect(new Set(values.map((value) => value.reveal()))).toEqual(new Set(["first"]));
    expect(store.operations()).toEqual(["GetParameter"]);
  });

  test("is waited for once the TTL has ended, which is never longer than asked for", async () => {
    const { store, clock, token } = loaded();
    await token.get();
    store.putParameter("/token", "second");
    clock.milliseconds += 300_000;
    expect((await token.get()).reveal()).toBe("second");
  });

  test("goes on for the others when one caller leaves, and ends when nobody is left", async () => {
    const { store, token } = loaded();
    store.gate = new Promise(() => {});
    const [leaver, stayer, last] = [1, 2, 3].map(() => new AbortController());
    const [left, stayed, lasted] = [leaver, stayer, last].map((controller) =>
      token.get({ signal: controller?.signal }).then(
        () => "served",
        (error) => `${error.code}: ${error.cause}`,
      ),
    );
    await settle();
    leaver?.abort("gone");
    expect(await left).toBe("Aborted: gone");
    stayer?.abort("gone too");
    last?.abort("as well");
    expect(await Promise.all([stayed, lasted])).toEqual(["Aborted: gone too", "Aborted: as well"]);
    store.gate = Promise.resolve();
    expect((await token.get()).reveal()).toBe("first");
    expect(store.calls).toHaveLength(2);
  });

  test("waits for the one before it, also where those in between have left", async () => {
    const { store, entries, token } = loaded();
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    const first = token.get();
    await settle();
    for (const entry of entries.all()) entry.outdate();
    const leaver = new AbortController();
    const left = token.get({ signal: leaver.signal });
    leaver.abort();
    await expect(left).rejects.toMatchObject({ code: "Aborted" });
    const last = token.get();
    await settle();
    expect(store.calls).toHaveLength(1);
    gate.resolve();
    await Promise.all([first, last]);
    expect(store.calls).toHaveLength(2);
  });

  test("is not begun for a caller who has left before", async () => {
    const { store, token } = loaded();
    await expect(token.get({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "Aborted",
    });
    expect(store.calls).toHaveLength(0);
  });

  test("of what nobody has is tried up to three times", async () => {
    const { store, token } = loaded();
    store.failure = outage();
    await expect(token.get()).rejects.toMatchObject({ code: "Unavailable" });
    expect(store.calls).toHaveLength(3);
  });
});

describe("in an outage", () => {
  test("a hundred gets after the TTL fail none and make at most three calls", async () => {
    const { store, clock, token } = loaded();
    await token.get();
    clock.milliseconds += 301_000;
    store.failure = outage();
    const together = await Promise.all(Array.from({ length: 50 }, () => token.get()));
    const values = [...together];
    for (let each = 0; each < 50; each++) {
      values.push(await token.get());
      await settle();
    }
    expect(values.every((value) => value.reveal() === "first" && value.isStale)).toBe(true);
    expect(store.calls.length).toBeLessThanOrEqual(1 + 3);
  });

  test("a stale value is served while one call at a time finds out, then the new one", async () => {
    const { store, clock, token } = loaded();
    await token.get();
    store.failure = outage("InternalServerError");
    clock.milliseconds += 301_000;
    expect((await token.get()).isStale).toBe(true);
    store.failure = undefined;
    store.putParameter("/token", "second");
    const before = store.calls.length;
    while (store.calls.length === before) {
      expect((await token.get()).reveal()).toBe("first");
      clock.milliseconds += 100;
      await settle();
    }
    expect((await token.get()).reveal()).toBe("second");
    expect(token.peek().isStale).toBe(false);
  });

  test("what was looked for ahead is flagged where nobody has answered by the end of the TTL", async () => {
    const { store, clock, token } = loaded();
    await token.get();
    let fail = () => {};
    store.gate = new Promise<void>((_, reject) => {
      fail = () => reject(outage("TimedOut"));
    });
    clock.milliseconds += 265_000;
    expect((await token.get()).isStale).toBe(false);
    clock.milliseconds += 36_000;
    fail();
    await settle();
    expect((await token.get()).isStale).toBe(true);
    expect(token.peek().isStale).toBe(true);
  });

  test("what has changed at the store is flagged until it can be fetched", async () => {
    const { store, token, entries } = loaded();
    await token.get();
    store.failure = outage();
    for (const entry of entries.all()) entry.outdate();
    await settle();
    expect((await token.get()).isStale).toBe(true);
  });

  test("nothing is served for longer than maxStaleSeconds", async () => {
    const { store, clock, token } = loaded({ maxStaleSeconds: 60 });
    await token.get();
    store.failure = outage("TimedOut");
    clock.milliseconds += 310_000;
    expect((await token.get()).isStale).toBe(true);
    clock.milliseconds += 51_000;
    expect(() => token.peek()).toThrow(expect.objectContaining({ code: "Unavailable" }));
    await expect(token.get()).rejects.toMatchObject({ code: "Unavailable" });
  });

  test("an answer that a freeze has held up is as old as its question", async () => {
    const { store, clock, token } = loaded();
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    const first = token.get();
    await settle();
    clock.milliseconds += 301_000;
    gate.resolve();
    await first;
    store.putParameter("/token", "second");
    expect((await token.get()).reveal()).toBe("second");
  });

  test("after a long freeze nothing is shown that is too old, and it comes back by itself", async () => {
    const { clock, token } = loaded({ maxStaleSeconds: 60 });
    await token.get();
    clock.milliseconds += 7_200_000;
    expect(() => token.peek()).toThrow(expect.objectContaining({ code: "NotLoaded" }));
    await settle();
    expect(token.peek().reveal()).toBe("first");
  });
});

describe("a refusal", () => {
  test.each([
    ["AccessDeniedException", "AccessDenied"],
    ["ParameterNotFound", "NotFound"],
    ["ExpiredTokenException", "AccessDenied"],
    ["ValidationException", "Invalid"],
  ])("%s takes the value away at once", async (code, expected) => {
    const { store, clock, token } = loaded();
    await token.get();
    store.failure = refused(code);
    clock.milliseconds += 265_000;
    expect((await token.get()).reveal()).toBe("first");
    await settle();
    expect(() => token.peek()).toThrow(expect.objectContaining({ code: expected }));
    await expect(token.get()).rejects.toMatchObject({ code: expected });
    store.failure = outage();
    clock.milliseconds += 1001;
    await expect(token.get()).rejects.toMatchObject({ code: "Unavailable" });
  });

  test("is remembered for a second", async () => {
    const { store, clock, secrets } = loaded();
    const missing = secrets.parameter("/missing");
    for (let each = 0; each < 100; each++) {
      await expect(missing.get()).rejects.toMatchObject({ code: "NotFound" });
    }
    expect(store.calls).toHaveLength(1);
    store.putParameter("/missing", "here");
    clock.milliseconds += 1000;
    expect((await missing.get()).reveal()).toBe("here");
  });
});

describe("news", () => {
  test("have the value fetched at once, without anybody asking", async () => {
    const { store, entries, token } = loaded();
    await token.get();
    store.putParameter("/token", "second");
    for (const entry of entries.all()) entry.outdate();
    await settle();
    expect(token.peek().reveal()).toBe("second");
  });

  test("make what is on its way count for those who asked before only", async () => {
    const { store, entries, token } = loaded();
    let open = () => {};
    store.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const before = token.get();
    await settle();
    store.putParameter("/token", "second");
    for (const entry of entries.all()) entry.outdate();
    const after = token.get();
    open();
    expect((await before).reveal()).toBe("first");
    expect((await after).reveal()).toBe("second");
    expect(token.peek().reveal()).toBe("second");
    expect(store.calls).toHaveLength(2);
  });

  test("keep what was on its way from being served again", async () => {
    const { store, entries, token } = loaded();
    const gates = [1, 2].map(() => Promise.withResolvers<void>());
    store.gate = gates[0]?.promise ?? store.gate;
    const before = token.get();
    await settle();
    store.putParameter("/token", "second");
    store.gate = gates[1]?.promise ?? store.gate;
    for (const entry of entries.all()) entry.outdate();
    gates[0]?.resolve();
    expect((await before).reveal()).toBe("first");
    const after = token.get();
    gates[1]?.resolve();
    expect((await after).reveal()).toBe("second");
  });

  test("count for more than a refusal that was on its way", async () => {
    const { store, entries, secrets } = loaded();
    const created = secrets.parameter("/created");
    const gates = [1, 2].map(() => Promise.withResolvers<void>());
    store.gate = gates[0]?.promise ?? store.gate;
    const before = created.get();
    await settle();
    store.putParameter("/created", "here");
    store.gate = gates[1]?.promise ?? store.gate;
    for (const entry of entries.all()) entry.outdate();
    gates[0]?.resolve();
    await expect(before).rejects.toMatchObject({ code: "NotFound" });
    const after = created.get();
    gates[1]?.resolve();
    expect((await after).reveal()).toBe("here");
  });

  test("in a storm of them one fetch at a time is made", async () => {
    const { store, entries, token } = loaded();
    await token.get();
    let open = () => {};
    store.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    for (let each = 0; each < 100; each++) {
      for (const entry of entries.all()) entry.outdate();
      await Promise.resolve();
    }
    await settle();
    expect(store.calls).toHaveLength(2);
    open();
    await settle();
    expect(store.calls.length).toBeLessThanOrEqual(3);
  });
});

describe("an older answer", () => {
  test("of a lagging replica does not replace a newer one, until it has gone on for a minute", async () => {
    const { store, clock, token } = loaded();
    store.putParameter("/token", "second");
    expect((await token.get()).reveal()).toBe("second");
    store.parameters.get("/token")?.pop();
    await expect(token.refresh()).rejects.toMatchObject({ code: "Unavailable" });
    expect(token.peek().reveal()).toBe("second");
    clock.milliseconds += 61_000;
    expect((await token.refresh()).reveal()).toBe("first");
  });

  test("is none where the parameter was made anew", async () => {
    const { store, token } = loaded();
    store.putParameter("/token", "second");
    await token.get();
    store.parameters.delete("/token");
    store.putParameter("/token", "anew");
    expect((await token.refresh()).reveal()).toBe("anew");
  });
});

describe("bounds", () => {
  test("the least recently used value goes first, and is fetched when asked for again", async () => {
    const { store, secrets } = clientOfMemory({ maxEntries: 2 });
    for (const name of ["/a", "/b", "/c"]) store.putParameter(name, name);
    const [a, b, c] = ["/a", "/b", "/c"].map((name) => secrets.parameter(name));
    await a?.get();
    await b?.get();
    a?.peek();
    await c?.get();
    expect(() => b?.peek()).toThrow(expect.objectContaining({ code: "NotLoaded" }));
    expect(a?.peek().reveal()).toBe("/a");
    expect((await b?.get())?.reveal()).toBe("/b");
    expect(store.calls).toHaveLength(4);
  });

  test("ten thousand names leave no more than are allowed", async () => {
    const { store, secrets, entries } = clientOfMemory({ maxEntries: 100 });
    for (let from = 0; from < 10_000; from += 1000) {
      const names = Array.from({ length: 1000 }, (_, at) => `/n/${from + at}`);
      for (const name of names) store.putParameter(name, name);
      await Promise.all(names.map((name) => secrets.parameter(name).get()));
      store.parameters.clear();
    }
    expect(entries.all().size).toBe(100);
  });

  test("what is listened to stays", async () => {
    const { store, secrets } = clientOfMemory({ maxEntries: 2 });
    for (const name of ["/a", "/b", "/c", "/d"]) store.putParameter(name, name);
    const a = secrets.parameter("/a");
    await a.get();
    const end = a.onChange(() => {});
    for (const name of ["/b", "/c", "/d"]) await secrets.parameter(name).get();
    expect(a.peek().reveal()).toBe("/a");
    end();
    for (const name of ["/b", "/c", "/d"]) await secrets.parameter(name).get();
    expect(() => a.peek()).toThrow(expect.objectContaining({ code: "NotLoaded" }));
  });
});

test("a listener hears of each change with what was before, and what it throws stays its own", async () => {
  const { store, token } = loaded();
  const heard: string[] = [];
  const end = token.onChange((previous, next) => {
    heard.push(`${previous.reveal()} → ${next.reveal()}`);
    throw new Error("the listener's own");
  });
  await token.get();
  for (const value of ["second", "third"]) {
    store.putParameter("/token", value);
    await token.refresh();
  }
  await token.refresh();
  await settle();
  end();
  store.putParameter("/token", "fourth");
  await token.refresh();
  await settle();
  expect(heard).toEqual(["first → second", "second → third"]);
});

test("events tell what happened and never a value", async () => {
  const { store, clock, token } = loaded();
  const told: string[] = [];
  const listen = (message: unknown, name: string | symbol) => {
    told.push(`${String(name).split(":").at(-1)} ${JSON.stringify(message)}`);
  };
  const names = ["hit", "miss", "stale", "refresh", "change", "failure", "drop"].map(
    (kind) => `claviger:client:${kind}`,
  );
  for (const name of names) subscribe(name, listen);
  await token.get();
  clock.milliseconds += 1000;
  token.peek();
  store.putParameter("/token", "second");
  await token.refresh();
  store.failure = outage();
  clock.milliseconds += 301_000;
  await token.get();
  store.failure = refused("AccessDeniedException");
  await token.refresh().catch(() => {});
  for (const name of names) unsubscribe(name, listen);
  expect(told).toEqual([
    'miss {"name":"ssm:/token"}',
    'refresh {"name":"ssm:/token","version":"1"}',
    'hit {"name":"ssm:/token","version":"1","ageMilliseconds":1000}',
    'refresh {"name":"ssm:/token","version":"2"}',
    'change {"name":"ssm:/token","version":"2","previousVersion":"1"}',
    'miss {"name":"ssm:/token"}',
    'failure {"name":"ssm:/token","code":"Unavailable"}',
    'stale {"name":"ssm:/token","version":"2","ageMilliseconds":301000}',
    'drop {"name":"ssm:/token","code":"AccessDenied"}',
    'failure {"name":"ssm:/token","code":"AccessDenied"}',
  ]);
});

test("a value that has left for room says so, and what to do", async () => {
  const { store, secrets } = clientOfMemory({ maxEntries: 1 });
  for (const name of ["/one", "/two"]) store.putParameter(name, name);
  const one = secrets.parameter("/one");
  await one.get();
  await secrets.parameter("/two").get();
  expect(() => one.peek()).toThrow(/maxEntries/);
  expect((await one.get()).reveal()).toBe("/one");
});

test("what could not be fetched for long is fetched soon after the outage", async () => {
  const { store, clock, token } = loaded();
  store.failure = outage();
  for (let each = 0; each < 60; each++) {
    await token.get().catch(() => {});
    clock.milliseconds += 60_000;
  }
  await token.get().catch(() => {});
  store.failure = undefined;
  clock.milliseconds += 30_000;
  expect((await token.get()).reveal()).toBe("first");
});

describe("a failure of long ago", () => {
  test("says nothing about now: who comes then waits, and is given the newest", async () => {
    const { store, clock, token } = loaded();
    await token.get();
    store.failure = outage();
    clock.milliseconds += 270_000;
    await token.get();
    await settle();
    store.failure = undefined;
    store.putParameter("/token", "second");
    clock.milliseconds += 600_000;
    const served = await token.get();
    expect([served.reveal(), served.isStale]).toEqual(["second", false]);
  });

  test("costs no more than a moment where the store hangs: then what is held is served", async () => {
    const { store, clock, token } = loaded();
    await token.get();
    store.failure = outage();
    clock.milliseconds += 301_000;
    await token.get();
    store.failure = undefined;
    store.putParameter("/token", "second");
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    clock.milliseconds += 60_000;
    const leaver = AbortSignal.timeout(10);
    await expect(token.get({ signal: leaver })).rejects.toMatchObject({ code: "Aborted" });
    const served = await token.get();
    expect([served.reveal(), served.isStale]).toEqual(["first", true]);
    gate.resolve();
    await settle();
    expect([token.peek().reveal(), token.peek().isStale]).toEqual(["second", false]);
  });

  test("as of a process that was frozen is not served on for ever", async () => {
    const { store, clock, token } = loaded();
    await token.get();
    store.putParameter("/token", "second");
    let fresh = 0;
    // Short runs of a function: what is under way at their end is broken off by the freeze.
    for (let run = 0; run < 10; run++) {
      clock.milliseconds += 60_000;
      if ((await token.get()).reveal() === "second") fresh++;
      store.failure = outage();
      await settle();
      store.failure = undefined;
    }
    expect(fresh).toBeGreaterThanOrEqual(5);
  });
});
