import { beforeEach, expect, it } from "vitest";
import { SharedDatabase } from "../storage/conformance/shared-database.fixture.ts";
import { cacheSharedStorage } from "../storage/shared-cache.ts";
import { retryOnConflict, table } from "../storage/storage.ts";
import { StoredLease } from "./stored-lease.ts";
import { Tenancy } from "./tenancy.ts";

const secrets = table<number>("secrets");
const signal = new AbortController().signal;

let database: SharedDatabase;

beforeEach(() => {
  database = new SharedDatabase();
});

function start(lengthMilliseconds = 60_000, isAble = () => true) {
  const storage = database.node();
  const onFault = (fault: unknown) => expect.fail(String(fault));
  const lease = new StoredLease({ storage, name: "schedule", lengthMilliseconds, isAble, onFault });
  const cache = cacheSharedStorage(storage, { bytesMax: 100_000 });
  return { lease, cache };
}

it("runs tasks on one node, and on another as soon as that is closed", async () => {
  const [one, other] = [start(), start()];
  const ran: string[] = [];
  await one.lease.run(async () => ran.push("one"), signal);
  const waiting = other.lease.run(async () => ran.push("other"), signal);
  await one.lease.run(async () => ran.push("one"), signal);
  expect([one.lease.isHeld, other.lease.isHeld]).toEqual([true, false]);
  await one.lease.close();
  await waiting;
  expect(ran).toEqual(["one", "one", "other"]);
  expect(await one.lease.run(async () => 1, signal)).toBeUndefined();
  await other.lease.close();
});

it("is taken over from a node that has died, whose tasks commit nothing more", async () => {
  const dead = new Tenancy({
    storage: database.node(),
    name: "schedule",
    lengthMilliseconds: 30,
    now: () => performance.now(),
  });
  await dead.look();
  const { lease } = start(30);
  expect(lease.isHeld).toBe(false);
  expect(await lease.run(async () => "taken over", signal)).toBe("taken over");
  await lease.close();
});

it("ends a task quietly whose lease has gone to another meanwhile", async () => {
  const one = start();
  const taker = new Tenancy({
    storage: database.node(),
    name: "schedule",
    lengthMilliseconds: 0,
    now: () => performance.now(),
  });
  const outcome = await one.lease.run(async () => {
    await taker.look();
    await taker.look();
    await retryOnConflict(() =>
      one.cache.commit([{ type: "put", table: secrets, key: "a", body: 1 }]),
    );
    return "done";
  }, signal);
  expect(outcome).toBeUndefined();
  expect(one.lease.isHeld).toBe(false);
  expect(await one.cache.get(secrets, "a")).toBeUndefined();
  await one.lease.close();
});

it("tells what a task failed with that was its own fault", async () => {
  const { lease } = start();
  const failing = lease.run(() => Promise.reject(new Error("full")), signal);
  await expect(failing).rejects.toThrow("full");
  await lease.close();
});

it("begins tasks with all that was known to others, and keeps them from no commit for it", async () => {
  const [one, other] = [start(), start()];
  const put = (body: number) => ({ type: "put", table: secrets, key: "a", body }) as const;
  await other.cache.commit([put(1)]);
  await one.lease.run(async () => one.cache.get(secrets, "a"), signal);
  await other.cache.commit([put(2)]);
  await one.lease.run(async () => {
    expect((await one.cache.get(secrets, "a"))?.body).toBe(2);
    await other.cache.commit([put(3)]);
    await one.cache.commit([{ ...put(4), key: "b" }]);
  }, signal);
  expect((await other.cache.get(secrets, "b"))?.body).toBe(4);
  await one.lease.close();
  await other.lease.close();
});

it("is left to others by a node that can't do the work", async () => {
  const disabled = start(30, () => false);
  const able = start();
  await able.lease.run(async () => {}, signal);
  expect([disabled.lease.isHeld, able.lease.isHeld]).toEqual([false, true]);
  await disabled.lease.close();
  await able.lease.close();
});

it("is waited for no longer than the signal says", async () => {
  const [one, other] = [start(), start()];
  await one.lease.run(async () => {}, signal);
  const closing = new AbortController();
  const waiting = other.lease.run(async () => expect.fail("not its turn"), closing.signal);
  closing.abort();
  expect(await waiting).toBeUndefined();
  await one.lease.close();
  await other.lease.close();
});
