import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSqliteStorage } from "../storage/sqlite/sqlite-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { ClockGuard } from "./clock-guard.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

let directory: string;
let storage: Storage;
let time: number;
let elapsed: number;
let doubts: string[];
let guard: ClockGuard;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "claviger-clock-"));
  storage = await openSqliteStorage({ directory });
  time = Date.UTC(2026, 0, 1);
  elapsed = 0;
  doubts = [];
  guard = started();
});

afterEach(async () => {
  await storage.close();
  rmSync(directory, { recursive: true });
});

function started(): ClockGuard {
  return new ClockGuard({
    storage,
    clock: { now: () => time },
    elapsed: () => elapsed,
    onDoubt: ({ message }) => doubts.push(message),
  });
}

function pass(milliseconds: number): void {
  time += milliseconds;
  elapsed += milliseconds;
}

it("believes a clock that keeps step, and one that is put back", async () => {
  expect(await guard.isBelieved()).toBe(true);
  pass(3 * day);
  expect(await guard.isBelieved()).toBe(true);
  time += minute / 2;
  expect(await guard.isBelieved()).toBe(true);
  time -= year;
  expect(await guard.isBelieved()).toBe(true);
  expect(doubts).toEqual([]);
});

it("doubts a clock that jumps ahead, says so once, and believes it when it is put right", async () => {
  await guard.isBelieved();
  pass(minute);
  time += year;
  expect(await guard.isBelieved()).toBe(false);
  pass(minute);
  expect(await guard.isBelieved()).toBe(false);
  expect(doubts).toEqual(["The clock is suddenly far ahead: purging waits for an hour"]);
  time -= year;
  pass(minute);
  expect(await guard.isBelieved()).toBe(true);
});

it("believes a clock that has stayed ahead for an hour", async () => {
  await guard.isBelieved();
  time += year;
  expect(await guard.isBelieved()).toBe(false);
  pass(hour - 1);
  expect(await guard.isBelieved()).toBe(false);
  pass(1);
  expect(await guard.isBelieved()).toBe(true);
  pass(minute);
  expect(await guard.isBelieved()).toBe(true);
});

it("doubts at the start a clock that is a month beyond the time it last believed", async () => {
  await guard.isBelieved();
  time += 29 * day;
  guard = started();
  expect(await guard.isBelieved()).toBe(true);
  time += 31 * day;
  guard = started();
  expect(await guard.isBelieved()).toBe(false);
  expect(doubts).toHaveLength(1);
  // What was doubted is not what the next start goes by.
  guard = started();
  expect(await guard.isBelieved()).toBe(false);
  time -= 31 * day;
  guard = started();
  expect(await guard.isBelieved()).toBe(true);
});

it("leaves a job out as long as the clock is in doubt", async () => {
  let runs = 0;
  const run = async () => runs++;
  const job = guard.guarded({ everyMilliseconds: minute, run });
  expect(job.everyMilliseconds).toBe(minute);
  await job.run();
  time += year;
  await job.run();
  expect(runs).toBe(1);
});
