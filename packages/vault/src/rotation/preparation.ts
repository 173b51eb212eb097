/**
 * What is looked at before a rotator is asked for its next step: whether the rotation still goes
 * on, what it waits for, and that no key dies whose version somebody could still be given.
 */
import { ApiError } from "../errors.ts";
import { type SecretRecord, versionKey, versionTable } from "../secrets/records.ts";
import { revocationOf } from "../secrets/revocation.ts";
import { nextRotationMoment } from "../secrets/rotation.ts";
import { current, pending, versionAt } from "../secrets/versions.ts";
import { stillDue } from "./by-hand.ts";
import type { EngineParts } from "./engine-parts.ts";
import { looked, turnedRound } from "./overlap.ts";
import type { RotationRun } from "./run.ts";
import {
  abandoned,
  isOnlyKey,
  needsPending,
  retried,
  type Situation,
  type Transition,
} from "./steps.ts";

export function situationOf(secret: SecretRecord, now: number): Situation {
  return {
    now,
    current: versionAt(secret.stages, current),
    pending: versionAt(secret.stages, pending),
    nextScheduled: nextRotationMoment(secret)?.opensAt,
    isRevoked: (versionId) => revocationOf(secret, versionId) !== undefined,
  };
}

/** What is done in place of a step; undefined where the step may be asked for. */
export async function prepare(
  parts: EngineParts,
  run: RotationRun,
  secret: SecretRecord,
): Promise<Transition | undefined> {
  const { phase, token } = run;
  const at = situationOf(secret, parts.clock.now());
  const isCurrent = at.current === token;
  // Somebody put another value, or took the label away.
  const isLeft = at.pending !== token && !isCurrent;
  if (needsPending(run) && isLeft) return { run: abandoned(run, at.now) };
  if (phase === "overlap") {
    return { run: looked(run, await parts.laggardsOf(run, at.now), at.current, at.now) };
  }
  if (phase === "byHand") return { run: await lookedForValue(parts, run, secret, at.now) };
  if (phase === "failed") return again(parts, run, secret, at);
  if (phase === "rollBack" && isCurrent) {
    return { run: { ...run, phase: "finishSecret", isCancelled: undefined } };
  }
  if (phase === "revokeOld" && at.current === run.oldVersionId && !run.isRevocation) {
    // Somebody went back to it just then: the newer key must not be forgotten.
    return { run: turnedRound({ ...run, phase: "overlap" }, at.now) };
  }
  return (await isGivenUp(parts, run, secret)) ? undefined : { run };
}

async function lookedForValue(
  { storage }: EngineParts,
  run: RotationRun,
  secret: SecretRecord,
  now: number,
): Promise<RotationRun> {
  const isThere = (await storage.get(versionTable, versionKey(secret, run.token))) !== undefined;
  return isThere ? { ...run, phase: "testSecret", nextAttemptAt: now } : stillDue(run, now);
}

/**
 * The next attempt, unless somebody has meanwhile done something else about AWSPENDING, or another
 * rotates the secret: it can other things than the one that failed.
 */
function again(
  { randomness, rotators }: EngineParts,
  run: RotationRun,
  secret: SecretRecord,
  at: Situation,
): Transition {
  const left = run.capabilities.revokes ? undefined : run.token;
  const isAsLeft = at.pending === left || at.pending === at.current;
  const rotator = rotators.of(secret)?.name ?? run.rotator;
  if (!isAsLeft || rotator !== run.rotator) return { run: abandoned(run, at.now) };
  return { run: retried(run, randomness.uuid(), at), setsPending: true };
}

/**
 * Before a key is killed its version is given to nobody any more, and can't become current. False
 * where it just has: then all is to be looked at anew.
 */
async function isGivenUp(
  { secrets, storage }: EngineParts,
  run: RotationRun,
  secret: SecretRecord,
): Promise<boolean> {
  const { phase, token, oldVersionId = "" } = run;
  if (run.isRevocation || (phase !== "rollBack" && phase !== "revokeOld")) return true;
  // The only key that the provider has may have to become current instead.
  if (phase === "rollBack" && isOnlyKey(run)) return true;
  const versionId = phase === "rollBack" ? token : oldVersionId;
  // What has no value yet has nothing to give out.
  const key = versionKey(secret, versionId);
  if ((await storage.get(versionTable, key)) === undefined) return true;
  try {
    await secrets.revocation.revokeRotated(secret, versionId);
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
