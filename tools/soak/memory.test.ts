import { expect, test } from "vitest";
import { fifths, type MemorySample } from "./memory.ts";

const sample = (second: number, pid: number, megabytes: number): MemorySample => ({
  pid,
  at: second * 1000,
  residentMegabytes: megabytes,
  heapMegabytes: second % 10 === 0 ? 20 : 60,
});

test("a run in fifths: medians, and the heap without its garbage", () => {
  const samples = Array.from({ length: 100 }, (_, second) => sample(second, 1, second));
  expect(fifths(samples, { beganAt: 0, endedAt: 100_000 })).toEqual(
    [10, 30, 50, 70, 90].map((residentMegabytes) => ({ residentMegabytes, heapMegabytes: 60 })),
  );
  const collected = samples.map((one) => ({
    ...one,
    heapMegabytes: one.at % 5000 === 0 ? 20 : 60,
  }));
  expect(fifths(collected, { beganAt: 0, endedAt: 100_000 })[4]?.heapMegabytes).toBe(20);
});

test("a process that was not there for most of a fifth has no figure of it", () => {
  const samples = Array.from({ length: 100 }, (_, second) =>
    sample(second, second < 35 ? 1 : 2, 50),
  );
  const [first, second, third] = fifths(samples, { beganAt: 0, endedAt: 100_000 });
  expect([first, second, third?.residentMegabytes]).toEqual([undefined, undefined, 50]);
});
