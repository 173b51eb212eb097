import { beforeEach, describe, expect, test } from "vitest";
import { SharedDatabase, type SharedNode } from "./conformance/shared-database.fixture.ts";
import { cacheSharedStorage } from "./shared-cache.ts";
import { type Change, Conflict, retryOnConflict, Stale, type Storage, table } from "./storage.ts";
import { Work } from "./work.ts";

const secrets = table<unknown>("secrets");
const put = (key: string, body: unknown = 1): Change => ({
  type: "put",
  table: secrets,
  key,
  body,
});

let travel: () => Promise<unknown>;
let one: SharedNode;
let storage: Storage;
let other: SharedNode;

beforeEach(async () => {
  travel = async () => {};
  const database = new SharedDatabase(() => travel());
  one = database.node();
  other = database.node();
  storage = cacheSharedStorage(one, { bytesMax: 4000 });
  await other.commit([put("a"), put("b")]);
  await one.catchUp();
});

const read = async (key: string) => (await storage.get(secrets, key))?.body;

describe("the cache of one of many nodes", () => {
  test("forgets what others wrote once it hears of it, and nothing else", async () => {
    const [a, b] = await storage.getMany(secrets, ["a", "b"]);
    await other.commit([put("a", 2)]);
    expect(await storage.get(secrets, "a")).toBe(a);
    await one.catchUp();
    expect(await read("a")).toBe(2);
    expect(await storage.get(secrets, "b")).toBe(b);
  });

  test.each([
    ["that row", () => one.catchUp()],
    ["any row", async () => one.lose()],
  ])("keeps nothing of a read that was under way when it heard of %s", async (_, hear) => {
    const { promise: arrival, resolve: arrive } = Promise.withResolvers<void>();
    travel = async () => {
      // The question goes at once, the answer is long on its way.
      travel = () => arrival;
    };
    const early = storage.get(secrets, "a");
    await new Promise(setImmediate);
    travel = async () => {};
    await other.commit([put("a", 2)]);
    await hear();
    arrive();
    expect((await early)?.body).toBe(1);
    expect(await read("a")).toBe(2);
  });

  test.each([
    ["that row", () => one.catchUp()],
    ["any row", async () => one.lose()],
  ])("keeps nothing of a write that was under way when it heard of %s", async (_, hear) => {
    await read("a");
    const { promise: arrival, resolve: arrive } = Promise.withResolvers<void>();
    travel = async () => {
      // The commit happens at once, its acknowledgement is long on its way.
      travel = () => arrival;
    };
    const early = storage.commit([put("a", 2)]);
    await new Promise(setImmediate);
    travel = async () => {};
    await other.commit([put("a", 3)]);
    await hear();
    arrive();
    await early;
    expect(await read("a")).toBe(3);
  });

  test("forgets what it wrote itself once it hears that others wrote it since", async () => {
    await read("a");
    await storage.commit([put("a", 2)]);
    await other.commit([put("a", 3)]);
    expect(await read("a")).toBe(2);
    await one.catchUp();
    expect(await read("a")).toBe(3);
  });

  test("forgets everything where any row may have been written", async () => {
    const [a, b] = await storage.getMany(secrets, ["a", "b"]);
    one.lose();
    expect(await storage.get(secrets, "a")).not.toBe(a);
    expect(await storage.get(secrets, "b")).not.toBe(b);
  });
});

describe("work", () => {
  test("is outdated once it is heard that others wrote what it read from memory", async () => {
    await storage.getMany(secrets, ["a", "b"]);
    const [reader, bystander, late] = [new Work(), new Work(), new Work()];
    await reader.run(() => read("a"));
    await bystander.run(() => read("b"));
    await other.commit([put("a", 2)]);
    expect(reader.isOutdated).toBe(false);
    await one.catchUp();
    await late.run(() => read("a"));
    expect([reader, bystander, late].map((work) => work.isOutdated)).toEqual([true, false, false]);
    one.lose();
    expect([bystander, late].map((work) => work.isOutdated)).toEqual([true, true]);
  });

  test.each([
    ["row", () => read("a")],
    ["page of rows", () => storage.list(secrets, { prefix: "", limit: 9 })],
    ["number of rows", () => storage.count(secrets, "")],
  ])("is outdated where the server that gave it a %s may be gone", async (_, ask) => {
    const [early, late] = [new Work(), new Work()];
    await early.run(ask);
    one.lose();
    await late.run(ask);
    expect([early, late].map((work) => work.isOutdated)).toEqual([true, false]);
  });

  test("is outdated also where the row has left the memory meanwhile", async () => {
    await read("a");
    const work = new Work();
    await work.run(() => read("a"));
    await other.commit(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => put(`k${number}`, "x".repeat(400))),
    );
    for (let number = 1; number < 10; number++) await read(`k${number}`);
    await other.commit([put("a", 2)]);
    await one.catchUp();
    expect(work.isOutdated).toBe(true);
  });

  test("that is outdated commits nothing, and a conflict's next attempt doesn't either", async () => {
    await read("a");
    const work = new Work();
    const commit = async () => {
      await read("a");
      await storage.commit([put("b", 2)]);
    };
    await other.commit([put("a", 2)]);
    await expect(work.run(() => retryOnConflict(commit))).rejects.toThrow(Stale);
    expect(await read("b")).toBe(1);
    expect(await work.isWithoutTrace()).toBe(true);
  });

  test("that has committed is confirmed, and leaves a trace", async () => {
    await read("a");
    const work = new Work();
    await work.run(async () => {
      await read("a");
      await storage.commit([put("b", 2)]);
    });
    await other.commit([put("a", 2)]);
    await one.catchUp();
    expect(work.isOutdated).toBe(false);
    await work.run(() => storage.commit([put("b", 3)]));
    expect(await work.isWithoutTrace()).toBe(false);
  });

  test("leaves a trace where nobody knows whether it has committed", async () => {
    const work = new Work();
    one.isReplyLost = true;
    await expect(work.run(() => storage.commit([put("b", 2)]))).rejects.toThrow();
    expect(await work.isWithoutTrace()).toBe(false);
  });

  test("waits for its commits before it says whether it left a trace", async () => {
    const work = new Work();
    const committing = work.run(() => storage.commit([put("b", 2)]));
    expect(await work.isWithoutTrace()).toBe(false);
    await committing;
  });

  test("that was abandoned commits nothing more", async () => {
    const work = new Work();
    work.abandon();
    await expect(work.run(() => storage.commit([put("b", 2)]))).rejects.toThrow(Stale);
    await work.run(() => Work.outside(() => storage.commit([put("b", 2)])));
    expect(await read("b")).toBe(2);
  });

  test("requires of every commit what it was given", async () => {
    const { revision: expected = 0 } = (await storage.get(secrets, "a")) ?? {};
    const work = new Work([{ type: "require", table: secrets, key: "a", expect: expected }]);
    await work.run(() => storage.commit([put("b", 2)]));
    await other.commit([put("a", 2)]);
    await expect(work.run(() => storage.commit([put("b", 3)]))).rejects.toThrow(Conflict);
  });

  test("may doubt what it knows until it is confirmed", async () => {
    const doubt = async () => Work.doubt();
    const work = new Work();
    await expect(work.run(doubt)).rejects.toThrow(Stale);
    work.confirm();
    await work.run(doubt);
    await doubt();
  });
});
