/**
 * What comes after what in a rotation, pure: a run and how its step went give the next run. All
 * that is kept of a rotation is decided here, and nothing here does anything.
 */

import { askedForKey, askedToRevoke } from "./by-hand.ts";
import type { Step, StepReply } from "./rotator.ts";
import { isOver, type Phase, type RotationRun, stepsMax, told } from "./run.ts";

const minute = 60_000;
const hour = 60 * minute;
const backOff = [minute, 5 * minute, 15 * minute, hour] as const;
const backOffMax = 4 * hour;
/** Of a secret that no schedule looks after: two days of trying. */
const attemptsMax = 16;

/** What is true of the secret when a step has ended. */
export interface Situation {
  readonly now: number;
  readonly current: string | undefined;
  readonly pending: string | undefined;
  /** When the schedule begins a rotation anyway; undefined where it never does. */
  readonly nextScheduled: number | undefined;
  /** Whether that version is given to nobody any more. */
  isRevoked(versionId: string): boolean;
}

/** The next run, and what changes with it in the secret. */
export interface Transition {
  readonly run: RotationRun;
  /** AWSPENDING comes to the run's version, which has no value yet. */
  readonly setsPending?: true;
  /** AWSPENDING goes from the run's version. */
  readonly clearsPending?: true;
  /** It counts as rotated now. */
  readonly isRotated?: true;
}

const following = {
  createSecret: "setSecret",
  setSecret: "testSecret",
  testSecret: "finishSecret",
} as const satisfies Partial<Record<Phase, Phase>>;

/** What the rotator is asked in this phase, and about which version; undefined where it isn't. */
export function stepOf(run: RotationRun): { step: Step; token: string } | undefined {
  const { phase, token, oldVersionId } = run;
  if (phase === "rollBack") return { step: "revokeSecret", token };
  if (phase === "revokeOld") {
    const isAsked = oldVersionId !== undefined && run.isOldKeyEnding === undefined;
    return isAsked ? { step: "revokeSecret", token: oldVersionId } : undefined;
  }
  const isStep = phase in following || phase === "finishSecret";
  if (!isStep) return undefined;
  const isOfCurrent = run.isTestOnly && run.capabilities.testsAnyVersion;
  return { step: phase as Step, token: isOfCurrent ? (oldVersionId ?? token) : token };
}

/** Whether it counts on AWSPENDING being where it put it. */
export function needsPending({ phase, isTestOnly }: RotationRun): boolean {
  const isOnItsWay = phase in following || phase === "byHand" || phase === "finishSecret";
  return isOnItsWay && isTestOnly !== true;
}

/** The step is about to be invoked. */
export function starting(run: RotationRun, step: string, now: number): RotationRun {
  const steps = [...run.steps, { step, startedAt: now }];
  return { ...run, steps: steps.slice(-stepsMax), nextAttemptAt: now };
}

export function succeeded(run: RotationRun, reply: StepReply, at: Situation): Transition {
  const { phase } = run;
  if (phase === "rollBack") return rolledBack(run, reply, at);
  if (phase === "revokeOld") return { run: oldRevoked(run, reply, at.now) };
  if (run.isTestOnly) {
    const tested = ended(run, "succeeded", at.now);
    return { run: told(tested, "TestRotationSucceeded", at.now), clearsPending: true };
  }
  if (phase === "finishSecret") return finished(run, reply, at);
  if (phase === "createSecret" && reply.byHand !== undefined) {
    return { run: askedForKey(run, reply.byHand.instructions, at.now) };
  }
  return { run: { ...run, phase: following[phase as keyof typeof following] } };
}

/** `reason` holds no value. */
export function failed(run: RotationRun, reason: string, at: Situation): Transition {
  const { now } = at;
  const step = stepOf(run)?.step ?? run.phase;
  const attempt = run.attempt + 1;
  const failing = { ...run, attempt, failure: { step, reason, at: now } };
  if (run.isTestOnly) {
    const tested = ended(failing, "failed", now);
    return { run: told(tested, "TestRotationFailed", now, reason), clearsPending: true };
  }
  // Of what is revoked beside all rotations the run's own version is none of the secret's.
  const versionId = run.isRevocation ? run.oldVersionId : run.token;
  const again = told(failing, "RotationFailed", now, `${step}: ${reason}`, versionId);
  const isBeyondReturn =
    run.phase === "rollBack" || run.phase === "revokeOld" || at.current === run.token;
  if (isBeyondReturn) return { run: { ...again, nextAttemptAt: now + pauseAfter(attempt) } };
  if (run.capabilities.revokes) return { run: { ...again, phase: "rollBack" } };
  return { run: { ...again, phase: "failed", nextAttemptAt: retryAt(again, at) } };
}

/** Another attempt, under another version id where nothing is left of the first one. */
export function retried(run: RotationRun, newToken: string, at: Situation): RotationRun {
  const { capabilities, token } = run;
  const retry: RotationRun = {
    ...run,
    phase: "createSecret",
    token: capabilities.revokes ? newToken : token,
    oldVersionId: at.current,
    revocationInstructions: undefined,
    nextAttemptAt: at.now,
  };
  return told(retry, "RotationStarted", at.now);
}

/** Somebody put another value, or told it to stop: what it made at the provider goes as well. */
export function abandoned(run: RotationRun, now: number): RotationRun {
  if (isOver(run) || !isUnderWay(run)) return run;
  const left = told(run, "RotationAbandoned", now);
  const hasKey = run.capabilities.revokes && run.phase !== "failed" && !run.isTestOnly;
  return hasKey
    ? { ...left, phase: "rollBack", isCancelled: true, nextAttemptAt: now }
    : ended(left, "cancelled", now);
}

/**
 * What is left to do beside all rotations where somebody calls off one whose key can't be revoked:
 * its provider may be gone for good, and the secret is to rotate again. undefined where nothing is.
 */
export function leftOver(run: RotationRun): RotationRun | undefined {
  const asked = stepOf(run);
  const isStuck = asked?.step === "revokeSecret" && run.failure?.step === "revokeSecret";
  // The only key that the provider has may yet have to become current.
  if (!isStuck || (run.phase === "rollBack" && isOnlyKey(run))) return undefined;
  const { token: oldVersionId } = asked;
  return { ...run, phase: "revokeOld", oldVersionId, isRevocation: true, untold: [] };
}

/** Whether it is on its way to a new current version: neither ended nor past that. */
export function isUnderWay({ phase }: RotationRun): boolean {
  return phase in following || ["finishSecret", "byHand", "rollBack", "failed"].includes(phase);
}

/** The secret is gone, or about to go. */
export function ended(
  run: RotationRun,
  phase: "succeeded" | "failed" | "cancelled",
  now: number,
): RotationRun {
  const finishedAt = run.finishedAt ?? now;
  return { ...run, phase, finishedAt, dueAt: undefined, nextAttemptAt: undefined };
}

function finished(run: RotationRun, reply: StepReply, at: Situation): Transition {
  const { now } = at;
  if (at.current !== run.token) {
    return failed(run, "The rotator finished and did not make the new version AWSCURRENT.", at);
  }
  const rotated = told(
    { ...run, finishedAt: now, dueAt: undefined, attempt: 0, failure: undefined },
    "RotationSucceeded",
    now,
  );
  const effects = { clearsPending: true, isRotated: true } as const;
  const { oldVersionId, capabilities } = run;
  const hasOld = oldVersionId !== undefined && oldVersionId !== run.token;
  if (hasOld && reply.oldKeyIsDead) {
    return { run: { ...rotated, phase: "revokeOld", isOldKeyEnding: true }, ...effects };
  }
  // Somebody revoked it: there is no key whose readers could be waited for.
  if (hasOld && capabilities.revokes && at.isRevoked(oldVersionId)) {
    return { run: { ...rotated, phase: "revokeOld" }, ...effects };
  }
  const { oldKeyLivesUntil } = reply;
  const graceUntil = oldKeyLivesUntil ?? now + capabilities.graceMilliseconds;
  if (hasOld && (capabilities.revokes || oldKeyLivesUntil !== undefined)) {
    const isOldKeyEnding = oldKeyLivesUntil === undefined ? undefined : true;
    return { run: { ...rotated, phase: "overlap", graceUntil, isOldKeyEnding }, ...effects };
  }
  return { run: ended(rotated, "succeeded", now), ...effects };
}

function oldRevoked(run: RotationRun, { byHand }: StepReply, now: number): RotationRun {
  const { oldVersionId = "" } = run;
  const over = ended({ ...run, failure: undefined, attempt: 0 }, "succeeded", now);
  const how = byHand && "Its key is to be revoked at the provider by hand.";
  const revoked = told(over, "SecretVersionRevoked", now, how, oldVersionId);
  return byHand ? askedToRevoke(revoked, oldVersionId, byHand.instructions, now) : revoked;
}

/** Whether the provider ends the old key by itself: there may be no way back from the new one. */
export function isOnlyKey({ capabilities: { strategy } }: RotationRun): boolean {
  return strategy === "oneKey" || strategy === "grace";
}

function rolledBack(run: RotationRun, { byHand }: StepReply, at: Situation): Transition {
  // The rotator kept the new key.
  if (at.current === run.token) {
    return { run: { ...run, phase: "finishSecret", isCancelled: undefined } };
  }
  const back = byHand ? askedToRevoke(run, run.token, byHand.instructions, at.now) : run;
  if (run.isCancelled) return { run: ended(back, "cancelled", at.now), clearsPending: true };
  const nextAttemptAt = retryAt(run, at);
  return { run: { ...back, phase: "failed", nextAttemptAt }, clearsPending: true };
}

function retryAt(run: RotationRun, { now, nextScheduled }: Situation): number | undefined {
  const at = now + pauseAfter(run.attempt);
  const isLast = nextScheduled === undefined ? run.attempt >= attemptsMax : at >= nextScheduled;
  return isLast ? undefined : at;
}

function pauseAfter(attempt: number): number {
  return backOff[attempt - 1] ?? backOffMax;
}
