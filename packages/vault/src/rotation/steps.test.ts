import { describe, expect, it } from "vitest";
import { minute, newRun, oldVersion } from "./rotation.fixture.ts";
import type { RotationRun } from "./run.ts";
import { abandoned, failed, leftOver, type Situation, stepOf, succeeded } from "./steps.ts";

const at = (more: Partial<Situation> = {}): Situation => ({
  now: minute,
  current: oldVersion,
  pending: "new",
  nextScheduled: undefined,
  isRevoked: () => false,
  ...more,
});
const names = ({ untold }: RotationRun) => untold.map(({ name }) => name);

describe("a rotation without trouble", () => {
  it("asks for AWS's four steps and then lets two keys live", () => {
    let run = newRun();
    const asked: unknown[] = [];
    for (let steps = 0; steps < 4; steps++) {
      asked.push(stepOf(run)?.step);
      run = succeeded(run, {}, at({ current: steps === 3 ? "new" : oldVersion })).run;
    }
    expect(asked).toEqual(["createSecret", "setSecret", "testSecret", "finishSecret"]);
    expect(run).toMatchObject({ phase: "overlap", finishedAt: minute });
    expect(run.graceUntil).toBe(minute + 24 * 60 * minute);
    expect(names(run)).toEqual(["RotationStarted", "RotationSucceeded"]);
  });

  it("ends at once where nobody can revoke, or there was no key before", () => {
    for (const run of [newRun({ revokes: false }), newRun({}, { oldVersionId: undefined })]) {
      const finishing = { ...run, phase: "finishSecret" } as const;
      const { run: ended } = succeeded(finishing, {}, at({ current: "new" }));
      expect(ended).toMatchObject({ phase: "succeeded", nextAttemptAt: undefined });
    }
  });

  it("lets no two keys live where the old one was revoked by somebody", () => {
    const finishing = newRun({}, { phase: "finishSecret" });
    const isRevoked = (versionId: string) => versionId === oldVersion;
    const { run } = succeeded(finishing, {}, at({ current: "new", isRevoked }));
    expect(run.phase).toBe("revokeOld");
    expect(stepOf(run)).toEqual({ step: "revokeSecret", token: oldVersion });
  });
});

describe("a step that fails", () => {
  it("is rolled back where the rotator can, and else tried again with the same version", () => {
    const { run } = failed(newRun(), "no", at());
    expect(stepOf(run)).toEqual({ step: "revokeSecret", token: "new" });
    const { run: kept } = failed(newRun({ revokes: false }), "no", at());
    expect(kept).toMatchObject({ phase: "failed", token: "new", nextAttemptAt: 2 * minute });
    expect(kept.failure).toEqual({ step: "createSecret", reason: "no", at: minute });
  });

  it("is told of the version whose key lives on, where that was to be revoked", () => {
    const revoking = newRun({}, { phase: "revokeOld", isRevocation: true });
    expect(failed(revoking, "no", at()).run.untold.at(-1)).toMatchObject({
      name: "RotationFailed",
      versionId: oldVersion,
    });
  });

  it("is never rolled back once its version is current", () => {
    const finishing = newRun({}, { phase: "finishSecret" });
    const { run } = failed(finishing, "the reply was lost", at({ current: "new" }));
    expect(run).toMatchObject({ phase: "finishSecret", nextAttemptAt: 2 * minute });
  });

  it("is tried again after ever longer pauses", () => {
    let run = newRun({ revokes: false });
    const pauses = [1, 2, 3, 4, 5, 6].map(() => {
      ({ run } = failed({ ...run, phase: "setSecret" }, "no", at()));
      return (Number(run.nextAttemptAt) - minute) / minute;
    });
    expect(pauses).toEqual([1, 5, 15, 60, 240, 240]);
  });

  it("is left to the schedule where that comes first, and given up at last", () => {
    const soon = at({ nextScheduled: minute + 1000 });
    expect(failed(newRun({ revokes: false }), "no", soon).run.nextAttemptAt).toBeUndefined();
    const tired = newRun({ revokes: false }, { attempt: 15 });
    expect(failed(tired, "no", at()).run.nextAttemptAt).toBeUndefined();
  });
});

describe("a rotation that is called off", () => {
  it("takes its new key back, if it can", () => {
    expect(abandoned(newRun(), minute)).toMatchObject({ phase: "rollBack", isCancelled: true });
    expect(abandoned(newRun({ revokes: false }), minute)).toMatchObject({ phase: "cancelled" });
    const { run } = succeeded(abandoned(newRun(), minute), {}, at());
    expect(run).toMatchObject({ phase: "cancelled", nextAttemptAt: undefined });
  });

  it("is past that when it has finished", () => {
    for (const phase of ["overlap", "revokeOld", "succeeded"] as const) {
      const run = newRun({}, { phase });
      expect(abandoned(run, minute)).toBe(run);
    }
  });
});

it("what can't be revoked is left over where somebody calls it off, but not a provider's only key", () => {
  const failure = { step: "revokeSecret", reason: "gone", at: 0 };
  const stuck = newRun({}, { phase: "rollBack", failure });
  expect(leftOver(stuck)).toMatchObject({ phase: "revokeOld", oldVersionId: "new" });
  expect(leftOver({ ...stuck, phase: "revokeOld" })).toMatchObject({ oldVersionId: oldVersion });
  expect(leftOver(newRun({ strategy: "oneKey" }, { phase: "rollBack", failure }))).toBeUndefined();
  expect(leftOver({ ...stuck, failure: { ...failure, step: "testSecret" } })).toBeUndefined();
});
