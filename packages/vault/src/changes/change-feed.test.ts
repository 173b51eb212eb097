/** Of the feed what a request can't show: its heartbeat, its bounds, and what it does not read. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerSentEvent } from "../event-stream.ts";
import { permit, scope } from "../keys/keys.fixture.ts";
import { NaiveStorage } from "../storage/conformance/naive-storage.fixture.ts";
import { ChangeFeed, type Reader } from "./change-feed.ts";
import { appendEntries, type ChangeEntry } from "./entry.ts";
import { ChangeHistory } from "./history.ts";

const clock = { now: () => 0 };
const bounds = { commitsMax: 10, millisecondsMax: 1000 };
let storage: NaiveStorage;
let history: ChangeHistory;
let feed: ChangeFeed;

beforeEach(() => {
  clock.now = () => 0;
  storage = new NaiveStorage();
  history = new ChangeHistory(storage, clock, bounds);
  feed = new ChangeFeed(history, { streamsMax: 3, streamsPerPrincipalMax: 2 }, undefined);
});
afterEach(() => {
  vi.useRealTimers();
});

function change(name: string): ChangeEntry {
  const arn = `arn:aws:ssm:${scope.region}:${scope.accountId}:parameter/${name}`;
  return { event: "change", arn, name, type: "parameter", kind: "created", time: 0, tags: {} };
}

const commit = (...names: string[]) => storage.commit([appendEntries(0, names.map(change))]);

function open(more: Partial<Reader> = {}) {
  const resource = feed.resource(scope);
  return feed.open(permit("claviger:WatchChanges", resource), {
    principalArn: "arn:aws:iam::123456789012:user/reader",
    lastEventId: undefined,
    judge: async () => async () => true,
    ...more,
  });
}

/** The next event with data. */
async function heard(events: AsyncIterator<ServerSentEvent>): Promise<ServerSentEvent> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error("the stream has ended");
    if (value.data !== undefined) return value;
  }
}

it("gives its place every 15 seconds where nothing happens to the reader's", async () => {
  vi.useFakeTimers();
  const { pieces, close } = await open({ judge: async () => async () => false });
  const events = pieces[Symbol.asyncIterator]();
  const counter = await commit("hidden");
  expect((await events.next()).value).toEqual({ id: "0" });
  expect((await events.next()).value).toEqual({ id: String(counter) });
  let isDone = false;
  const beat = events.next().finally(() => {
    isDone = true;
  });
  await vi.advanceTimersByTimeAsync(14_900);
  expect(isDone).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect((await beat).value).toEqual({ id: String(counter) });
  close();
  expect((await events.next()).done).toBe(true);
});

it("comes to rest where what a clock dated far ahead outlives what came behind it", async () => {
  for (const time of [9000, 0]) await storage.commit([appendEntries(time, [change("a")])]);
  clock.now = () => 5000;
  expect(await history.prune()).toBe(1);
  const { pieces, close } = await open({ lastEventId: 1 });
  const events = pieces[Symbol.asyncIterator]();
  expect((await events.next()).value).toEqual({ id: "1" });
  expect((await events.next()).value).toMatchObject({ event: "reset", id: "2" });
  expect((await events.next()).value).toEqual({ id: "2" });
  close();
  expect((await events.next()).done).toBe(true);
});

it("says for how long nothing has happened", async () => {
  clock.now = () => 5000;
  expect((await open()).quietMilliseconds).toBe(bounds.millisecondsMax);
  await commit("a");
  expect((await open()).quietMilliseconds).toBe(5000);
  clock.now = () => -1;
  feed = new ChangeFeed(history, { streamsMax: 1, streamsPerPrincipalMax: 1 }, undefined);
  expect((await open()).quietMilliseconds).toBe(0);
});

it("gives a commit's id with its last event, so that no half of one is forgotten", async () => {
  const { pieces, close } = await open();
  const events = pieces[Symbol.asyncIterator]();
  await events.next();
  const counter = await commit("a", "b");
  const [first, second] = [await heard(events), await heard(events)];
  expect([first.id, second.id]).toEqual([undefined, String(counter)]);
  close();
});

it("ends with the reader's credentials, before it tells anything more", async () => {
  let isGood = true;
  const { pieces } = await open({ judge: async () => (isGood ? async () => true : undefined) });
  const events = pieces[Symbol.asyncIterator]();
  await commit("told");
  expect((await heard(events)).data).toMatchObject({ name: "told" });
  isGood = false;
  await commit("never told");
  await expect(heard(events)).rejects.toThrow("the stream has ended");
});

it("tells a reader that fell behind the history to begin anew", async () => {
  const { pieces, close } = await open();
  const events = pieces[Symbol.asyncIterator]();
  await events.next();
  for (let at = 0; at < 25; at++) await commit(`old-${at}`);
  expect(await history.prune()).toBe(15);
  expect(await heard(events)).toMatchObject({ event: "reset", id: "25" });
  await commit("new");
  expect((await heard(events)).data).toMatchObject({ name: "new" });
  close();
  const late = await open({ lastEventId: 20 });
  const again = late.pieces[Symbol.asyncIterator]();
  expect((await heard(again)).data).toMatchObject({ name: "old-20" });
  late.close();
});

it("counts what it keeps only where it may be too much", async () => {
  const count = vi.spyOn(storage, "count");
  for (let at = 0; at < bounds.commitsMax; at++) await commit(`kept-${at}`);
  expect(await history.prune()).toBe(0);
  expect(count).not.toHaveBeenCalled();
  await commit("one too many");
  expect(await history.prune()).toBe(1);
  expect(count).toHaveBeenCalledTimes(1);
});

describe("streams are bounded", () => {
  const other = { principalArn: "arn:aws:iam::123456789012:user/other" };

  it("for each principal and for all, and a closed one makes room", async () => {
    const first = await open();
    await open();
    await expect(open()).rejects.toMatchObject({ code: "Throttling" });
    await open(other);
    await expect(open(other)).rejects.toMatchObject({ code: "Throttling" });
    first.close();
    first.close();
    const again = await open();
    await expect(open(other)).rejects.toMatchObject({ code: "Throttling" });
    again.close();
  });

  it("also where one ends by itself, or is left by who reads it", async () => {
    const [ends, left] = [await open({ judge: async () => undefined }), await open()];
    for await (const _ of ends.pieces);
    for await (const _ of left.pieces) break;
    await Promise.all([open(), open()]);
  });

  it("and one that can't be begun takes no room", async () => {
    const list = vi.spyOn(storage, "list").mockRejectedValue(new Error("the database is gone"));
    await expect(open()).rejects.toThrow("the database is gone");
    list.mockRestore();
    await Promise.all([open(), open()]);
  });
});

it("reads the database once for all who are at the same place", async () => {
  const readers = await Promise.all([open(), open()]);
  const all = readers.map(({ pieces }) => pieces[Symbol.asyncIterator]());
  for (const events of all) await events.next();
  for (const events of all) await events.next();
  const list = vi.spyOn(storage, "list");
  const waiting = all.map(heard);
  await commit("told");
  await Promise.all(waiting);
  expect(list).toHaveBeenCalledTimes(1);
  for (const { close } of readers) close();
});
