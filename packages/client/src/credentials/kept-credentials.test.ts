import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../transport/stand-in.fixture.ts";
import { keepCredentials } from "./kept-credentials.ts";

const minute = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Issues AKID1, AKID2, …, each for `lifeMilliseconds`; fails while `isDown`. */
function source(lifeMilliseconds?: number) {
  const state = { issued: 0, isDown: false };
  const provider = async () => {
    state.issued++;
    if (state.isDown) throw new Error("down");
    return {
      accessKeyId: `AKID${state.issued}`,
      secretAccessKey: "x",
      ...(lifeMilliseconds !== undefined && {
        expiration: new Date(Date.now() + lifeMilliseconds),
      }),
    };
  };
  const kept = keepCredentials(provider);
  return { state, kept, key: async () => (await kept.get()).accessKeyId };
}

test("one flight, however many wait", async () => {
  const { state, key } = source(60 * minute);
  const keys = await Promise.all(Array.from({ length: 100 }, key));
  expect(new Set(keys)).toEqual(new Set(["AKID1"]));
  expect(state.issued).toBe(1);
});

test("what has no end is never renewed by itself", async () => {
  const { key } = source();
  await key();
  vi.advanceTimersByTime(1e10);
  expect(await key()).toBe("AKID1");
});

describe("before their end", () => {
  test("they are renewed while the old ones still serve", async () => {
    const { key } = source(60 * minute);
    await key();
    vi.advanceTimersByTime(54 * minute);
    expect(await key()).toBe("AKID1");
    vi.advanceTimersByTime(2 * minute);
    expect(await key()).toBe("AKID1");
    await settled();
    expect(await key()).toBe("AKID2");
  });

  test("of a short life, in its second half", async () => {
    const { state, key } = source(2 * minute);
    await key();
    vi.advanceTimersByTime(0.9 * minute);
    await key();
    expect(state.issued).toBe(1);
    vi.advanceTimersByTime(0.2 * minute);
    await key();
    expect(state.issued).toBe(2);
  });

  test("a source that is down is asked once a second at most, and the old ones serve", async () => {
    const { state, key } = source(60 * minute);
    await key();
    vi.advanceTimersByTime(56 * minute);
    state.isDown = true;
    for (let call = 0; call < 100; call++) {
      expect(await key()).toBe("AKID1");
      await settled();
    }
    expect(state.issued).toBe(2);
    vi.advanceTimersByTime(1000);
    await key();
    expect(state.issued).toBe(3);
  });
});

test("after their end a source that is down is an outage, until it is back", async () => {
  const { state, kept, key } = source(60 * minute);
  await key();
  vi.advanceTimersByTime(61 * minute);
  state.isDown = true;
  const failed = await Promise.all(Array.from({ length: 100 }, () => rejection(kept.get())));
  for (const error of failed)
    expect(error).toMatchObject({ code: "NoCredentials", kind: "outage" });
  expect(state.issued).toBe(2);
  state.isDown = false;
  expect(await key()).toBe("AKID3");
});

test("on a machine whose clock is ahead they are used, and not fetched for each call", async () => {
  const { state, key } = source(-30 * minute);
  for (let call = 0; call < 100; call++) expect(await key()).toBe("AKID1");
  expect(state.issued).toBe(1);
});

describe("refused ones", () => {
  test("are renewed once for all whom they failed", async () => {
    const { state, kept } = source();
    const old = await kept.get();
    const answers = await Promise.all(Array.from({ length: 100 }, () => kept.renew(old)));
    expect(new Set(answers)).toEqual(new Set([true]));
    expect(await kept.renew(old)).toBe(true);
    expect(state.issued).toBe(2);
  });

  test("are not renewed on and on", async () => {
    const { state, kept } = source();
    await kept.renew(await kept.get());
    expect(await kept.renew(await kept.get())).toBe(false);
    vi.advanceTimersByTime(10_000);
    expect(await kept.renew(await kept.get())).toBe(true);
    expect(state.issued).toBe(3);
  });
});

test("a source that never answers is given up, and asked anew", async () => {
  let asked = 0;
  const kept = keepCredentials(() => {
    asked++;
    return new Promise(() => {});
  });
  const error = rejection(kept.get());
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await error).toMatchObject({ code: "NoCredentials", kind: "outage" });
  void kept.get().catch(() => {});
  expect(asked).toBe(2);
});

/** Until what runs in the background has run. */
async function settled(): Promise<void> {
  await new Promise(setImmediate);
}
