import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { hasFailed, notRotated, revocationError } from "./progress.ts";
import { progressLines } from "./progress-lines.ts";
import type { Reader, RotationRun } from "./rotation.ts";

const now = Date.parse("2026-11-22T12:00:00Z");
const at = (seconds: number) => new Date(now + seconds * 1000);
const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/mail-AbCdEf";
const reference = { service: "secretsmanager", name: "prod/mail", field: undefined } as const;

/** Each a second long, one after the other, the last one ending now. */
function taken(...names: readonly string[]) {
  return names.map((step, index) => ({
    step,
    startedDate: at(index - names.length),
    endedDate: at(index - names.length + 1),
  }));
}

function drawn(run: Partial<RotationRun>): string[] {
  return progressLines({ arn, name: "prod/mail", ...run }, now).map(stripVTControlCharacters);
}

const four = ["createSecret", "setSecret", "testSecret", "finishSecret"];

const laggard: Reader = {
  principalArn: "arn:aws:iam::123456789012:role/web",
  sessionName: "i-0abc",
  sourceAddress: "10.0.0.7",
  versionId: "one",
  lastReadDate: at(-300),
  expiresDate: at(2520),
};

test("a key that a person makes is not said to be made or taken by anybody else", () => {
  const run = { instructions: "Make one.", steps: taken("createSecret") } as const;
  expect(drawn({ ...run, phase: "byHand" })).toEqual([
    "  ● by hand   somebody makes the new key, and stores it",
    "  · test      it works",
    "  · finish    it is AWSCURRENT, and every new read gets it",
  ]);
  expect(drawn({ ...run, phase: "testSecret" })[0]).toBe(
    "  ✔ by hand   somebody makes the new key, and stores it",
  );
});

test("what is done, what is under way and what comes has a line each", () => {
  const steps = [...taken("createSecret"), { step: "setSecret", startedDate: at(-2) }];
  expect(drawn({ phase: "setSecret", steps })).toEqual([
    "  ✔ create    a new key is made (1.0 s)",
    "  ● set       the provider takes it (2.0 s)",
    "  · test      it works",
    "  · finish    it is AWSCURRENT, and every new read gets it",
  ]);
});

test("an overlap counts down, then names who still has the old key, and how to end it", () => {
  const overlap = { phase: "overlap", steps: taken(...four), laggards: [laggard] } as const;
  const begun = { ...overlap, laggards: [], graceUntil: at(86_000) };
  expect(drawn(begun).at(-1)).toBe("  ● overlap   the old key lives for 23h 53m more");
  expect(drawn({ ...begun, laggardCount: 0 }).at(-1)).toBe(
    "  ● overlap   the old key lives for 23h 53m more; nobody has it any more",
  );
  expect(drawn({ ...overlap, laggardCount: 22, graceUntil: at(-1) }).slice(4)).toEqual([
    "  ● overlap   the old key's time is over, but 22 readers have it still; --force ends it all the same",
    "              123456789012 role/web  i-0abc  10.0.0.7  read it 5m ago  credentials expire in 42m 00s",
    "              and 21 more",
  ]);
});

test("at the end it says whether the old key died, and with whom", () => {
  const steps = taken(...four, "revokeSecret");
  const run = { phase: "succeeded", graceUntil: at(-1), steps } as const;
  expect(drawn(run).slice(4)).toEqual([
    "  ✔ overlap   every reader has the new key",
    "  ✔ revoke    the old key is dead (1.0 s)",
  ]);
  expect(drawn({ ...run, laggardCount: 1 })[4]).toBe(
    "  ✔ overlap   ended, although 1 reader has the old key",
  );
  expect(drawn({ phase: "succeeded", steps: taken(...four) })).toHaveLength(4);
});

test("a failure says its reason, what was undone, and when it is tried again", () => {
  const [created, set] = taken("createSecret", "setSecret");
  const failed = { ...set, step: "setSecret", startedDate: at(-1), error: "it is \x1b[2Jrefused" };
  const steps = [created, failed, ...taken("revokeSecret")].filter((each) => each !== undefined);
  const run = {
    phase: "failed",
    steps,
    failureStep: "setSecret",
    failureReason: failed.error,
    nextAttemptDate: at(59),
  } as const;
  expect(drawn(run)).toEqual([
    "  ✔ create    a new key is made (1.0 s)",
    "  ✘ set       it is ?[2Jrefused (1.0 s)",
    "  ✔ undo      the new key is dead; AWSCURRENT is as it was (1.0 s)",
    "              tried again in 59s",
  ]);
  const { message, hint } = notRotated(reference, { arn, name: "prod/mail", ...run }, now);
  expect(message).toBe(
    "secretsmanager:prod/mail was not rotated: setSecret failed: it is ?[2Jrefused",
  );
  expect(hint).toBe(
    "readers have the key that they had; it is tried again in 59s: claviger rotations secretsmanager:prod/mail",
  );
});

test("of another attempt only its own steps are shown", () => {
  const first = taken("createSecret", "setSecret").map((each) => ({ ...each, error: "no" }));
  const again = { step: "createSecret", startedDate: at(-1) };
  expect(drawn({ phase: "createSecret", steps: [...first, again] }).slice(0, 2)).toEqual([
    "  ● create    a new key is made (1.0 s)",
    "  · set       the provider takes it",
  ]);
});

test("it has failed when nothing goes on by itself within the moment", () => {
  const run = { arn, name: "prod/mail", steps: taken(...four) };
  const refused = { ...taken("revokeSecret")[0], step: "revokeSecret", startedDate: at(0) };
  expect(hasFailed({ ...run, phase: "failed" })).toBe(true);
  expect(hasFailed({ ...run, phase: "cancelled" })).toBe(true);
  expect(hasFailed({ ...run, phase: "rollBack" })).toBe(false);
  expect(hasFailed({ ...run, phase: "rollBack", steps: [{ ...refused, error: "no" }] })).toBe(true);
  // The old key's end is another matter: readers have the new one.
  const revoking = { ...run, phase: "revokeOld", steps: [{ ...refused, error: "no" }] } as const;
  expect(hasFailed(revoking)).toBe(false);
  expect(revocationError(revoking)).toBe("no");
});
