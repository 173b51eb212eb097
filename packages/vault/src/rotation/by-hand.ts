/**
 * What a person does where a provider has no API for it: make the new key, by a date, or revoke
 * one. Pure, as `steps.ts`.
 */
import type { StepReply } from "./rotator.ts";
import { type RotationRun, told } from "./run.ts";

const day = 86_400_000;

/** From when somebody was first asked for the key, whatever has failed since. */
const dueMilliseconds = 7 * day;
/** From one look for the value to the next. Whoever stores it is not kept waiting for that. */
const lookMilliseconds = 60_000;
/** For how long is seen that a key had to be revoked by hand beside all rotations. */
const shownMilliseconds = day;

/** Somebody has to make the key. */
export function askedForKey(run: RotationRun, instructions: string, now: number): RotationRun {
  return reminded(waitingForKey({ ...run, phase: "byHand", instructions }, now), now);
}

/** It is not there yet: that it is overdue is told once a day. */
export function stillDue(run: RotationRun, now: number): RotationRun {
  const waiting = waitingForKey(run, now);
  const { dueAt = now, dueToldAt = dueAt - day } = waiting;
  return now < dueAt || now - dueToldAt < day ? waiting : reminded(waiting, now);
}

/** Nothing here gives the version to anybody, but its key lives on until somebody has revoked it. */
export function askedToRevoke(
  run: RotationRun,
  versionId: string,
  instructions: string,
  now: number,
): RotationRun {
  const asked = {
    ...run,
    revocationInstructions: instructions,
    ...(run.isRevocation && { nextAttemptAt: now + shownMilliseconds }),
  };
  return told(asked, "RotationDue", now, `revoke by hand: ${instructions}`, versionId);
}

/** Of a key that is to die, where another rotates the secret by now: it would look at its own provider. */
export function handedOver({ rotator, oldVersionId }: RotationRun): StepReply {
  const instructions = `${rotator} made it and rotates the secret no longer: revoke the key of version ${oldVersionId} at its provider.`;
  return { byHand: { instructions } };
}

function waitingForKey(run: RotationRun, now: number): RotationRun {
  const { dueAt = now + dueMilliseconds } = run;
  return { ...run, dueAt, nextAttemptAt: now + lookMilliseconds };
}

/** The date comes first: whoever shows little of a notice shows that. */
function reminded(run: RotationRun, now: number): RotationRun {
  const { dueAt = now, instructions = "" } = run;
  const date = new Date(dueAt).toISOString().slice(0, 10);
  const when = now < dueAt ? `due by ${date}` : `overdue since ${date}`;
  return told({ ...run, dueToldAt: now }, "RotationDue", now, `${when}: ${instructions}`);
}
