import { beforeEach, expect, test } from "vitest";
import { permit, scope } from "../keys/keys.fixture.ts";
import { NaiveStorage } from "../storage/conformance/naive-storage.fixture.ts";
import { type TableName, table } from "../storage/storage.ts";
import { ChangeFeed } from "./change-feed.ts";
import { appendEntries } from "./entry.ts";
import { ChangeHistory } from "./history.ts";
import { newHistory } from "./new-history.ts";

const now = 1_800_000_000_000;
const clock = { now: () => now };
let storage: NaiveStorage;
let history: ChangeHistory;
let lastOfBackup: number;

/** A vault that was restored from a backup of three commits. */
beforeEach(async () => {
  storage = new NaiveStorage();
  for (let commit = 1; commit <= 3; commit++) {
    lastOfBackup = await storage.commit([appendEntries(0, [])]);
  }
  const { rows } = newHistory(lastOfBackup, now);
  await storage.commit(
    rows.map(({ table: name, key, body }) => {
      return { type: "put", table: table(name as TableName), key, body };
    }),
  );
  history = new ChangeHistory(storage, clock, { commitsMax: 2, millisecondsMax: 1000 });
});

/** What a reader hears who knows that commit, behind where its stream begins. */
async function heard(lastEventId: number | undefined) {
  const feed = new ChangeFeed(history, { streamsMax: 3, streamsPerPrincipalMax: 3 }, undefined);
  const stream = await feed.open(permit("claviger:WatchChanges", feed.resource(scope)), {
    principalArn: "arn:aws:iam::123456789012:user/reader",
    lastEventId,
    judge: async () => async () => true,
  });
  const events = stream.pieces[Symbol.asyncIterator]();
  await events.next();
  const { value } = await events.next();
  stream.close();
  return value;
}

test("whoever followed the history before is told to read anew, however far it came", async () => {
  const begins = String(now * 1000);
  for (const known of [1, lastOfBackup, lastOfBackup + 1, 1_000_000]) {
    expect(await heard(known)).toMatchObject({ event: "reset", id: begins });
  }
  expect(await heard(undefined)).toEqual({ id: begins });
  expect(await heard(now * 1000)).toEqual({ id: begins });
  // Whoever read a value before then can't know it is the newest.
  expect(await history.quietMilliseconds()).toBe(0);
});

test("letting go of old changes does not bring the old history back", async () => {
  expect(await history.prune()).toBe(3);
  expect(await heard(lastOfBackup + 1)).toMatchObject({ event: "reset" });
});

test("two restores of one backup begin at different places", () => {
  const first = newHistory(3, now).changeCounter;
  expect(newHistory(3, now + 1).changeCounter).toBeGreaterThan(first);
  expect(newHistory(first + 5, now - 1000).changeCounter).toBe(first + 6);
});
