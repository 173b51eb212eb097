/** How far a run is, as far as whoever waits for it has to know. */
import { CommandFailure } from "../failure.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { timeLeft } from "../terminal/age.ts";
import { visible } from "../terminal/visible.ts";
import type { RotationRun, Step } from "./rotation.ts";
import { scheduleOf } from "./rotations-table.ts";

/** Every new read gets the new version. */
export function hasMoved({ phase }: RotationRun): boolean {
  return phase === "overlap" || phase === "revokeOld" || phase === "succeeded";
}

/** The old key is dead as well, where that is for the vault to see to. */
export function hasSucceeded({ phase }: RotationRun): boolean {
  return phase === "succeeded";
}

/** Before the labels moved. The vault tries again by itself, and later. */
export function hasFailed(run: RotationRun): boolean {
  const { phase } = run;
  if (phase === "failed" || phase === "cancelled") return true;
  const isRefused = phase === "finishSecret" && lastError(run, "finishSecret") !== undefined;
  return isRefused || (phase === "rollBack" && lastError(run, "revokeSecret") !== undefined);
}

/** Why the old key of a rotation could not be revoked; the vault tries that again as well. */
export function revocationError(run: RotationRun): string | undefined {
  return run.phase === "revokeOld" ? lastError(run, "revokeSecret") : undefined;
}

function lastError({ steps = [] }: RotationRun, step: string): string | undefined {
  const last = steps.at(-1);
  return last?.step === step ? last.error : undefined;
}

/** For where nothing is drawn: who is waited for, and how that ends. */
export function heldBack(reference: Reference, run: RotationRun): string {
  const { laggardCount = 0 } = run;
  const readers = laggardCount === 1 ? "1 reader" : `${laggardCount} readers`;
  const typed = printed(reference);
  return `${dyingKey(run)} is held by ${readers}: claviger rotations ${typed}; it dies when they have read the other one, or by claviger rotate ${typed} --force`;
}

export function stillGood(reference: Reference, run: RotationRun, error: string): CommandFailure {
  return new CommandFailure(
    `${printed(reference)} was ${run.isRolledBack ? "rolled back" : "rotated"}, but ${dyingKey(run)} is still good: ${visible(error)}`,
    `the provider is asked again until it is dead: claviger rotations ${printed(reference)}`,
  );
}

export function notRotated(reference: Reference, run: RotationRun, now: number): CommandFailure {
  const { phase, failureStep, failureReason, nextAttemptDate } = run;
  const typed = printed(reference);
  if (phase === "cancelled") {
    return new CommandFailure(
      `the rotation of ${typed} was cancelled`,
      `begin another one: claviger rotate ${typed}`,
    );
  }
  // Where the new key could not be revoked either, the run's failure is that one.
  const first = phase === "rollBack" ? run.steps?.findLast(isFailedOnItsWay) : undefined;
  const step = first?.step ?? failureStep ?? "a step";
  const reason = first?.error ?? failureReason;
  const why = reason === undefined ? "" : `: ${visible(reason)}`;
  if (run.isTestOnly) {
    return new CommandFailure(
      `the rotation of ${typed} is set, but its key did not pass the test${why}`,
      `nothing was rotated; when it is mended: claviger rotate ${typed} --no-now`,
    );
  }
  const keys = keysAfter[phase ?? ""] ?? "readers have the key that they had";
  // Until then the secret rotates again with other settings alone.
  const callOff =
    phase === "rollBack"
      ? `; or rotate it with other --metadata; or call it off: aws secretsmanager cancel-rotate-secret --secret-id ${reference.name}`
      : "";
  // A value that somebody stored gets no better by itself.
  const isAskedAgain = run.instructions !== undefined && phase === "failed";
  const again =
    nextAttemptDate === undefined || isAskedAgain
      ? `${isAskedAgain ? "to store another one" : "when it is mended"}: claviger rotate ${typed}`
      : `it is tried again in ${timeLeft(nextAttemptDate, now)}: claviger rotations ${typed}${callOff}`;
  return new CommandFailure(`${typed} was not rotated: ${step} failed${why}`, `${keys}; ${again}`);
}

function isFailedOnItsWay({ step, error }: Step): boolean {
  return error !== undefined && step !== "revokeSecret";
}

const keysAfter: Readonly<Record<string, string>> = {
  rollBack: "readers have the key that they had, but a new one that was made may still be good",
  finishSecret: "readers may have the new key already",
};

/** Which of the two is to die: the newer one where somebody has gone back. */
export function dyingKey({ isRolledBack }: RotationRun): string {
  return isRolledBack ? "the newer key" : "the old key";
}

/** Of a run whose labels have moved. */
export function movedInWords(run: RotationRun, now: number): string {
  const { clientRequestToken, phase, graceUntil, revocationInstructions, steps = [] } = run;
  const current = `version ${clientRequestToken} is AWSCURRENT`;
  if (phase === "overlap" && graceUntil !== undefined) {
    const until = graceUntil.getTime() > now ? ` for ${timeLeft(graceUntil, now)}, and then` : "";
    return `${current}; ${dyingKey(run)} lives on${until} until every reader has moved`;
  }
  if (phase === "revokeOld") return `${current}; ${dyingKey(run)} is being revoked`;
  if (revocationInstructions !== undefined) {
    return `${current}, and ${dyingKey(run)} is given to nobody any more\nBy hand: ${visible(revocationInstructions)}`;
  }
  const isRevoked = steps.some(({ step, error }) => step === "revokeSecret" && !error);
  if (isRevoked) return `${current}, and ${dyingKey(run)} is dead`;
  const isByHand = run.instructions !== undefined;
  return isByHand ? `${current}; revoke the old key at its provider by hand` : current;
}

/** Of a secret whose rotation was set and tested. */
export function setInWords({ nextRotationDate, ...rotation }: RotationRun): string {
  const schedule = scheduleOf(rotation);
  const next = nextRotationDate?.toISOString().slice(0, 10);
  return `its rotation is set and tested${schedule === "-" ? "" : `: ${schedule}`}${next === undefined ? "" : `, next on ${next}`}`;
}
