import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { alwaysHeld } from "./leases/lease.ts";
import { Schedule } from "./schedule.ts";

test("a job runs at once, again after its pause, and not after closing", async () => {
  const second = Promise.withResolvers<void>();
  let runs = 0;
  const job = {
    everyMilliseconds: 1,
    run: async () => {
      if (++runs === 2) second.resolve();
    },
  };
  const schedule = new Schedule([job], (fault) => expect.fail(String(fault)), alwaysHeld);
  expect(runs).toBe(1);
  await second.promise;
  await schedule.close();
  const atClose = runs;
  await sleep(20);
  expect(runs).toBe(atClose);
});

test("a failed run is told and tried again", async () => {
  const recovered = Promise.withResolvers<void>();
  const faults: unknown[] = [];
  let runs = 0;
  const run = async () => {
    if (++runs === 1) throw new Error("the database is busy");
    recovered.resolve();
  };
  const schedule = new Schedule(
    [{ everyMilliseconds: 1, run }],
    (fault) => faults.push(fault),
    alwaysHeld,
  );
  await recovered.promise;
  await schedule.close();
  expect(faults).toEqual([new Error("the database is busy")]);
});

test("a failed run waits a minute at most, however long the job's turn", async () => {
  vi.useFakeTimers();
  try {
    let runs = 0;
    const run = async () => {
      if (++runs < 3) throw new Error("the database is busy");
    };
    const hourly = { everyMilliseconds: 3_600_000, run };
    const schedule = new Schedule([hourly], () => {}, alwaysHeld);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(runs).toBe(3);
    await vi.advanceTimersByTimeAsync(3_599_000);
    expect(runs).toBe(3);
    await schedule.close();
  } finally {
    vi.useRealTimers();
  }
});

test("closing waits for what runs", async () => {
  const begun = Promise.withResolvers<void>();
  let isDone = false;
  const run = async () => {
    await begun.promise;
    isDone = true;
  };
  const schedule = new Schedule([{ everyMilliseconds: 1000, run }], () => {}, alwaysHeld);
  const closed = schedule.close();
  begun.resolve();
  await closed;
  expect(isDone).toBe(true);
});
