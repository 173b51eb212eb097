import { describe, expect, it } from "vitest";
import { looked } from "./overlap.ts";
import { minute, newRun, oldVersion } from "./rotation.fixture.ts";
import type { Laggard } from "./run.ts";

const day = 24 * 60 * minute;
const overlap = newRun(
  { graceMilliseconds: day },
  { phase: "overlap", finishedAt: 0, graceUntil: day },
);
const nobody = { laggards: [], count: 0 };
const laggard: Laggard = {
  principalArn: "arn:aws:iam::123456789012:role/slow",
  sourceAddress: "10.0.0.1",
  versionId: oldVersion,
  lastReadAt: 0,
};
const some = { laggards: [laggard], count: 1 };

describe("an overlap", () => {
  it("lasts for its grace at least, whoever reads", () => {
    const run = looked(overlap, nobody, "new", minute);
    expect(run).toMatchObject({ phase: "overlap", laggardCount: 0 });
    expect(run.nextAttemptAt).toBeLessThanOrEqual(day);
    expect(looked(overlap, nobody, "new", day)).toMatchObject({ phase: "revokeOld" });
  });

  it("is looked at seldom until then, however long it is", () => {
    let run = overlap;
    let looks = 0;
    for (; run.phase === "overlap"; looks++) {
      run = looked(run, nobody, "new", run.nextAttemptAt ?? 0);
    }
    expect(looks).toBeLessThan(60);
  });

  it("lasts for as long as somebody reads the old version, which is told once a day", () => {
    let run = looked(overlap, some, "new", day);
    expect(run).toMatchObject({ phase: "overlap", laggards: [laggard], laggardCount: 1 });
    const told = () => run.untold.filter(({ name }) => name === "RotationWaiting").length;
    expect(told()).toBe(1);
    run = looked(run, some, "new", day + 60 * minute);
    expect(told()).toBe(1);
    run = looked(run, some, "new", 2 * day);
    expect(told()).toBe(2);
    expect(looked(run, nobody, "new", 2 * day + minute)).toMatchObject({ phase: "revokeOld" });
  });

  it("holds nothing up where the provider ends the old key by itself", () => {
    const ending = { ...overlap, isOldKeyEnding: true } as const;
    expect(looked(ending, some, "new", day)).toMatchObject({ phase: "revokeOld" });
  });

  it("names the first twenty of many", () => {
    const many = Array.from({ length: 50 }, () => laggard);
    const run = looked(overlap, { laggards: many, count: 50 }, "new", minute);
    expect([run.laggards?.length, run.laggardCount]).toEqual([20, 50]);
  });

  it("turns round when the version before is current again", () => {
    const run = looked(overlap, nobody, oldVersion, 2 * day);
    expect(run).toMatchObject({ phase: "overlap", token: oldVersion, oldVersionId: "new" });
    expect(run.graceUntil).toBe(3 * day);
    expect(looked(run, nobody, oldVersion, 3 * day)).toMatchObject({ phase: "revokeOld" });
  });
});
