import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { hasFailed, movedInWords, notRotated, revocationError } from "./progress.ts";
import { progressLines, revocationLines } from "./progress-lines.ts";
import type { Reader, Revocation, RotationRun } from "./rotation.ts";

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
  const done = "  ✔ by hand   somebody makes the new key, and stores it";
  expect(drawn({ ...run, phase: "testSecret" })[0]).toBe(done);
  expect(drawn({ ...run, phase: "succeeded", steps: taken(...four) })[0]).toBe(done);
  expect(drawn({ ...run, phase: "cancelled" })).toEqual([]);
});

test("a key that a person has to revoke is not said to be dead", () => {
  const run = {
    revocationInstructions: "Ask Ana to end it.",
    clientRequestToken: "two",
    steps: taken(...four, "revokeSecret"),
  };
  const how = "              Ask Ana to end it.";
  expect(drawn({ ...run, phase: "succeeded" }).slice(-2)).toEqual([
    "  ● revoke    by hand, at the provider:",
    how,
  ]);
  expect(drawn({ ...run, phase: "failed" }).slice(-2)).toEqual([
    "  ● undo      by hand, at the provider:",
    how,
  ]);
  expect(movedInWords({ arn, name: "prod/mail", ...run, phase: "succeeded" }, now)).toBe(
    "version two is AWSCURRENT, and the old key is given to nobody any more\nBy hand: Ask Ana to end it.",
  );
});

test("a key that a person has to make says of whom, and by when", () => {
  const run = { instructions: "Make one.", phase: "byHand", steps: taken("createSecret") } as const;
  const due = { ...run, dueDate: at(6.5 * 86_400) };
  expect(drawn({ ...due, owner: "mail\x1bteam" }).slice(0, 3)).toEqual([
    "  ● by hand   somebody makes the new key, and stores it",
    "              due in 6d 12h (2026-11-29), of mail?team",
    "  · test      it works",
  ]);
  expect(drawn({ ...run, dueDate: at(-2 * 86_400) })[1]).toBe(
    "              overdue 2d (2026-11-20), nobody owns the secret",
  );
});

test("a key that is to die beside all rotations is dead when nothing is said of it any more", () => {
  const lines = (revocation: Partial<Revocation>, run: Partial<RotationRun> = {}) =>
    revocationLines(
      {
        ...run,
        arn,
        name: "prod/mail",
        revocations: [{ versionId: "one", phase: "revokeOld", ...revocation }],
      },
      now,
    ).map(stripVTControlCharacters);
  expect(lines({})).toEqual(["  ● revoke    the key of version one dies"]);
  expect(lines({ failureReason: "it is \x1b[2Jrefused", nextAttemptDate: at(59) })).toEqual([
    "  ✘ revoke    the key of version one may still be good: it is ?[2Jrefused",
    "              tried again in 59s",
  ]);
  expect(lines({ phase: "succeeded", revocationInstructions: "Ask Ana.\nSoon." })).toEqual([
    "  ● revoke    the key of version one: by hand, at the provider:",
    "              Ask Ana.",
    "              Soon.",
  ]);
  // The rotation says so already.
  const said = { oldVersionId: "one", revocationInstructions: "Ask Ana." } as const;
  const same = { ...said, phase: "succeeded" } as const;
  expect(lines({ phase: "succeeded", revocationInstructions: "Ask Ana." }, same)).toEqual([]);
  // It says so of the new key, and nothing of the old one.
  const undone = { ...said, phase: "failed", clientRequestToken: "two" } as const;
  expect(lines({}, undone)).toEqual(["  ● revoke    the key of version one dies"]);
  // The rotation after an emergency had more luck than the emergency.
  const refused = { failureReason: "it is refused", nextAttemptDate: at(59) };
  const [step] = taken("revokeSecret");
  const after = { oldVersionId: "one", phase: "succeeded" } as const;
  expect(lines(refused, { ...after, steps: taken("revokeSecret") })).toEqual([]);
  const failed = step && [{ ...step, error: "it is refused" }];
  expect(
    lines(refused, { ...after, phase: "revokeOld", ...(failed && { steps: failed }) }),
  ).toEqual(lines(refused));
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

test("after a rollback it is the newer key that dies", () => {
  const steps = taken(...four);
  const run = { phase: "overlap", isRolledBack: true, graceUntil: at(3600), steps } as const;
  expect(drawn(run)).toEqual([
    "  ✔ back      the version before is AWSCURRENT again",
    "  ● overlap   the newer key lives for 1h 0m more",
  ]);
  const ended = { ...run, phase: "succeeded", steps: taken(...four, "revokeSecret") } as const;
  expect(drawn(ended).slice(1)).toEqual([
    "  ✔ overlap   every reader has moved back",
    "  ✔ revoke    the newer key is dead (1.0 s)",
  ]);
  expect(movedInWords({ arn, name: "prod/mail", clientRequestToken: "one", ...ended }, now)).toBe(
    "version one is AWSCURRENT, and the newer key is dead",
  );
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

test("a failure says what came first where the new key could not be revoked either", () => {
  const steps = taken("createSecret", "revokeSecret").map((each) => ({
    ...each,
    error: `${each.step} is refused`,
  }));
  const run = { arn, name: "prod/mail", phase: "rollBack", steps } as const;
  const last = { failureStep: "revokeSecret", failureReason: "revokeSecret is refused" };
  const failure = notRotated(reference, { ...run, ...last, nextAttemptDate: at(59) }, now);
  expect(failure.message).toBe(
    "secretsmanager:prod/mail was not rotated: createSecret failed: createSecret is refused",
  );
  expect(failure.hint).toBe(
    "readers have the key that they had, but a new one that was made may still be good; " +
      "it is tried again in 59s: claviger rotations secretsmanager:prod/mail; " +
      "or rotate it with other --metadata; or call it off: aws secretsmanager cancel-rotate-secret --secret-id prod/mail",
  );
});

test("whose value was refused is told how to store another one", () => {
  const run = { arn, name: "prod/mail", instructions: "Make one.", phase: "failed" } as const;
  const { hint } = notRotated(reference, { ...run, nextAttemptDate: at(59) }, now);
  expect(hint).toBe(
    "readers have the key that they had; to store another one: claviger rotate secretsmanager:prod/mail",
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
