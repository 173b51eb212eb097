import { beforeEach, describe, expect, test } from "vitest";
import { cacheStorage } from "./cached-storage.ts";
import { NaiveStorage } from "./conformance/naive-storage.fixture.ts";
import { RecentRows } from "./recent-rows.ts";
import { type Change, Conflict, type Row, type Storage, type Table, table } from "./storage.ts";

const secrets = table<unknown>("secrets");
const put = (key: string, body: unknown, expected?: "absent"): Change => ({
  type: "put",
  table: secrets,
  key,
  body,
  expect: expected,
});

/** A database far away: its replies and acknowledgements arrive when the test lets them. */
class SlowStorage extends NaiveStorage {
  reads = 0;
  #open = Promise.resolve();

  /** Holds every call made from now on until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    return resolve;
  }

  override async getMany<Body>(
    from: Table<Body>,
    keys: readonly string[],
  ): Promise<(Row<Body> | undefined)[]> {
    this.reads += keys.length;
    const open = this.#open;
    const rows = await super.getMany(from, keys);
    await open;
    return rows;
  }

  override async commit(changes: readonly Change[]): Promise<number> {
    const open = this.#open;
    const counter = await super.commit(changes);
    await open;
    return counter;
  }
}

describe("a cached storage", () => {
  let slow: SlowStorage;
  let storage: Storage;
  const read = async (key: string) => (await storage.get(secrets, key))?.body;

  beforeEach(async () => {
    slow = new SlowStorage();
    storage = cacheStorage(slow, { bytesMax: 100_000 });
    await slow.commit([put("a", 1), put("b", 1)]);
  });

  test("gives the same object until the row changes, however it is asked", async () => {
    const row = await storage.get(secrets, "a");
    expect(await storage.get(secrets, "a")).toBe(row);
    expect((await storage.getMany(secrets, ["b", "a"]))[1]).toBe(row);
    await storage.commit([put("b", 2)]);
    expect(await storage.get(secrets, "a")).toBe(row);
    await storage.commit([put("a", 2)]);
    expect(await storage.get(secrets, "a")).not.toBe(row);
  });

  test("has what it wrote itself as a read would bring it", async () => {
    await storage.get(secrets, "a");
    const sealed = Buffer.from("sealed bytes");
    const body = { name: "x", missing: undefined };
    const counter = await storage.commit([{ ...put("a", body), sealed } as Change]);
    const kept = await storage.get(secrets, "a");
    expect(slow.reads).toBe(1);
    expect(kept).toStrictEqual({
      key: "a",
      revision: counter,
      body: { name: "x" },
      sealed: new Uint8Array(sealed),
    });
    expect(kept?.sealed?.buffer).not.toBe(sealed.buffer);
    expect(Object.isFrozen(kept?.body)).toBe(true);
  });

  test("keeps no row that was only written", async () => {
    await storage.commit([put("b", 2)]);
    await storage.get(secrets, "b");
    expect(slow.reads).toBe(1);
  });

  test.each([
    ["one after the other", false],
    ["the other way round", true],
  ])("keeps neither of two writes that are acknowledged %s", async (_, isReversed) => {
    await read("a");
    const letGoOfFirst = slow.hold();
    const first = storage.commit([put("a", 2)]);
    const letGoOfSecond = slow.hold();
    const second = storage.commit([put("a", 3)]);
    if (isReversed) letGoOfSecond();
    else letGoOfFirst();
    await (isReversed ? second : first);
    letGoOfFirst();
    letGoOfSecond();
    await Promise.all([first, second]);
    expect(await read("a")).toBe(3);
    expect(slow.reads).toBe(2);
  });

  test("gives readers that missed together one object", async () => {
    const letGo = slow.hold();
    const both = Promise.all([storage.get(secrets, "a"), storage.get(secrets, "a")]);
    letGo();
    const [one, other] = await both;
    expect(one).toBe(other);
  });

  test("asks the database once for each row", async () => {
    await storage.get(secrets, "a");
    await storage.getMany(secrets, ["a", "b"]);
    await storage.getMany(secrets, ["b", "a"]);
    expect(slow.reads).toBe(2);
  });

  test("does not remember that a row is missing", async () => {
    expect(await read("new")).toBeUndefined();
    await slow.commit([put("new", 1)]);
    expect(await read("new")).toBe(1);
  });

  test("never serves an older row after a write was acknowledged", async () => {
    const letGo = slow.hold();
    const early = storage.get(secrets, "a");
    const written = storage.commit([put("a", 2)]);
    const during = storage.get(secrets, "a");
    letGo();
    await Promise.all([early, written, during]);
    expect(await read("a")).toBe(2);
  });

  test("does not keep a read that began before a write and ended during it", async () => {
    const letGoOfRead = slow.hold();
    const early = storage.get(secrets, "a");
    const letGoOfWrite = slow.hold();
    const written = storage.commit([put("a", 2)]);
    letGoOfRead();
    expect((await early)?.body).toBe(1);
    letGoOfWrite();
    await written;
    expect(await read("a")).toBe(2);
  });

  test("does not serve the kept row while its write is under way", async () => {
    await read("a");
    const letGo = slow.hold();
    const written = storage.commit([put("a", 2)]);
    const during = read("a");
    letGo();
    expect(await during).toBe(2);
    await written;
  });

  test("reads anew after a write that failed", async () => {
    await read("a");
    await expect(storage.commit([put("a", 2, "absent")])).rejects.toThrow(Conflict);
    expect(await read("a")).toBe(1);
    await storage.get(secrets, "a");
    expect(slow.reads).toBe(2);
  });

  test("forgets what was deleted", async () => {
    await read("a");
    await storage.commit([{ type: "delete", table: secrets, key: "a" }]);
    expect(await read("a")).toBeUndefined();
  });
});

describe("recent rows", () => {
  const row = (key: string, size: number): Row<unknown> => ({
    key,
    revision: 1,
    body: { filling: "x".repeat(size) },
    sealed: undefined,
  });

  test("stay within their bytes", () => {
    const rows = new RecentRows(100_000);
    for (let number = 0; number < 1000; number++) rows.keep("secrets", row(`k${number}`, 500));
    const kept = Array.from({ length: 1000 }, (_, number) => rows.get("secrets", `k${number}`));
    const count = kept.filter((found) => found !== undefined).length;
    expect(count).toBeGreaterThan(20);
    // A row of 500 characters takes more than 1,000 bytes.
    expect(count).toBeLessThan(100);
  });

  test("that are used stay, those that are not go", () => {
    const rows = new RecentRows(20_000);
    rows.keep("secrets", row("hot", 100));
    rows.keep("secrets", row("cold", 100));
    for (let number = 0; number < 200; number++) {
      rows.keep("secrets", row(`k${number}`, 100));
      rows.get("secrets", "hot");
    }
    expect(rows.get("secrets", "hot")).toBeDefined();
    expect(rows.get("secrets", "cold")).toBeUndefined();
  });

  test("larger than half of the bytes are not kept", () => {
    const rows = new RecentRows(10_000);
    const large = row("large", 5_000);
    expect(rows.keep("secrets", large)).toBe(large);
    expect(rows.get("secrets", "large")).toBeUndefined();
  });

  test("with a key of another table are other rows", () => {
    const rows = new RecentRows(10_000);
    rows.keep("secrets", row("a", 1));
    expect(rows.get("roles", "a")).toBeUndefined();
  });
});
