import { expect, it } from "vitest";
import { askedForKey, askedToRevoke, stillDue } from "./by-hand.ts";
import { minute, newRun, oldVersion } from "./rotation.fixture.ts";
import { isOver, type RotationRun } from "./run.ts";
import { failed, retried, type Situation, succeeded } from "./steps.ts";

const day = 24 * 60 * minute;
const asked = () => askedForKey(newRun(), "Ask Ana.", 0);
const details = ({ untold }: RotationRun) =>
  untold.filter(({ name }) => name === "RotationDue").map(({ detail }) => detail);
const at = (now: number): Situation => ({
  now,
  current: oldVersion,
  pending: "new",
  nextScheduled: undefined,
  isRevoked: () => false,
});

it("is due a week after somebody was asked, which the notice says first", () => {
  const run = asked();
  expect(run).toMatchObject({ phase: "byHand", dueAt: 7 * day, nextAttemptAt: minute });
  expect(details(run)).toEqual(["due by 1970-01-08: Ask Ana."]);
});

it("is told of once a day when it is overdue, however often it is looked for", () => {
  let run = asked();
  for (let now = 0; now < 10 * day; now += 10 * minute) run = stillDue(run, now);
  const overdue = "overdue since 1970-01-08: Ask Ana.";
  expect(details(run)).toEqual(["due by 1970-01-08: Ask Ana.", overdue, overdue, overdue]);
  expect(run.nextAttemptAt).toBe(10 * day - 10 * minute + minute);
});

it("stays due when it first was, whatever fails in between", () => {
  const tested = { ...asked(), phase: "testSecret" } as const;
  const { run: back } = succeeded(failed(tested, "no", at(day)).run, {}, at(day));
  const again = succeeded(
    retried(back, "newer", at(2 * day)),
    { byHand: { instructions: "Ask Ben." } },
    at(2 * day),
  );
  expect(again.run).toMatchObject({ phase: "byHand", token: "newer", dueAt: 7 * day });
  expect(details(again.run).at(-1)).toBe("due by 1970-01-08: Ask Ben.");
});

it("is no longer due once the labels have moved, or nobody wants it", () => {
  const finishing = { ...asked(), phase: "finishSecret" } as const;
  const moved = succeeded(finishing, {}, { ...at(day), current: "new" }).run;
  expect(moved).toMatchObject({ phase: "overlap", dueAt: undefined });
});

const byHand = { byHand: { instructions: "Ask Ana to end it." } };

it("an old key that only a person can revoke is theirs when its version is revoked", () => {
  const { run } = succeeded(newRun({}, { phase: "revokeOld" }), byHand, at(day));
  expect(run).toMatchObject({
    phase: "succeeded",
    nextAttemptAt: undefined,
    revocationInstructions: "Ask Ana to end it.",
  });
  expect(run.untold.slice(-2)).toMatchObject([
    { name: "SecretVersionRevoked", versionId: oldVersion },
    {
      name: "RotationDue",
      versionId: oldVersion,
      detail: "revoke by hand: Ask Ana to end it.",
    },
  ]);
});

it("so is a new key that failed, and the next attempt is another matter", () => {
  const { run: back } = failed(newRun({}, { phase: "testSecret" }), "no", at(day));
  const { run, clearsPending } = succeeded(back, byHand, at(day));
  expect([run.phase, clearsPending]).toEqual(["failed", true]);
  expect(run.untold.at(-1)).toMatchObject({ name: "RotationDue", versionId: "new" });
  expect(retried(run, "newer", at(2 * day)).revocationInstructions).toBeUndefined();
});

it("what was revoked beside all rotations is to be seen for a day", () => {
  const revocation = newRun({}, { phase: "revokeOld", isRevocation: true });
  const { run } = succeeded(revocation, byHand, at(day));
  expect(isOver(run)).toBe(true);
  expect(run.nextAttemptAt).toBe(2 * day);
  expect(askedToRevoke(newRun(), "new", "x", 0).nextAttemptAt).toBe(0);
});
