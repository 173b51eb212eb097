/**
 * Takes one rotation as far as it goes now: asks the rotator for its next step, looks at what has
 * come of it, and keeps that with the secret's labels in one commit. Whatever it was interrupted
 * in is asked for again by whoever comes next.
 */
import { isGone } from "../secrets/presence.ts";
import { type SecretRecord, secretKey, secretTable } from "../secrets/records.ts";
import { rescheduled } from "../secrets/rotation.ts";
import { saveSecret } from "../secrets/saving.ts";
import { detach, pending, versionAt } from "../secrets/versions.ts";
import { Conflict, type Row, retryOnConflict } from "../storage/storage.ts";
import { handedOver } from "./by-hand.ts";
import type { EngineParts } from "./engine-parts.ts";
import { prepare, situationOf } from "./preparation.ts";
import { RotatorFailed, type StepReply } from "./rotator.ts";
import { forgotten, isOver, putRotation, type RotationRun, rotationTable, told } from "./run.ts";
import {
  ended,
  failed,
  isOnlyKey,
  type Situation,
  starting,
  stepOf,
  succeeded,
  type Transition,
} from "./steps.ts";
import { tell } from "./telling.ts";

/** Until a secret that is scheduled for deletion is looked at again. */
const heldMilliseconds = 900_000;
const conflictsMax = 8;
/** They are kept with the rotation, and told in notices. */
const instructionsMax = 1000;

type Outcome = { readonly reply: StepReply } | { readonly reason: string };

/** Until nothing of it is due, or the signal comes. */
export async function advance(parts: EngineParts, key: string, signal: AbortSignal): Promise<void> {
  for (let conflicts = 0; !signal.aborted; ) {
    const row = await parts.storage.get(rotationTable, key);
    if (row === undefined || !isDue(row.body, parts.clock.now())) return;
    try {
      await once(parts, row, signal);
      conflicts = 0;
    } catch (error) {
      // It was called off meanwhile, or this node rotates no longer.
      if (!(error instanceof Conflict) || ++conflicts > conflictsMax) throw error;
    }
  }
}

export function isDue({ untold, nextAttemptAt }: RotationRun, now: number): boolean {
  return untold.length > 0 || (nextAttemptAt !== undefined && nextAttemptAt <= now);
}

async function once(parts: EngineParts, row: Row<RotationRun>, signal: AbortSignal) {
  const { storage, clock } = parts;
  const run = row.body;
  const secret = await secretOf(parts, run);
  const now = clock.now();
  if (run.untold.length > 0 && !isTurningBack(run, now)) return tell(parts, row, secret);
  // What somebody had to revoke by hand was to be seen, and has been.
  if (isOver(run)) return void (await storage.commit([forgotten(row)]));
  if (secret !== undefined && secret.deletedDate !== undefined) {
    // Nobody can read it, and whoever restores it finds its keys as they were.
    const held = { ...run, nextAttemptAt: now + heldMilliseconds };
    return void (await storage.commit([putRotation(held, row)]));
  }
  if (secret === undefined) {
    const end = told(ended(run, "cancelled", now), "RotationAbandoned", now);
    return void (await storage.commit([putRotation(end, row)]));
  }
  const prepared = await prepare(parts, run, secret);
  if (prepared !== undefined) return settle(parts, row, () => prepared);
  await takeStep(parts, row, secret, signal);
}

/** With one key only AWSCURRENT may be dead until that is done: why it is done is told after. */
function isTurningBack(run: RotationRun, now: number): boolean {
  const { phase, nextAttemptAt = Number.POSITIVE_INFINITY } = run;
  return phase === "rollBack" && isOnlyKey(run) && nextAttemptAt <= now;
}

async function takeStep(
  parts: EngineParts,
  row: Row<RotationRun>,
  secret: SecretRecord,
  signal: AbortSignal,
): Promise<void> {
  const { storage, clock } = parts;
  const step = stepOf(row.body)?.step ?? row.body.phase;
  await storage.commit([putRotation(starting(row.body, step, clock.now()), row)]);
  const begun = await storage.get(rotationTable, row.key);
  // It was called off since, or another is in its place: then all is to be looked at anew.
  if (begun?.body.token !== row.body.token || begun.body.phase !== row.body.phase) return;
  const outcome = await outcomeOf(parts, begun.body, secret, signal);
  if (outcome === undefined) return;
  // The rotator may have asked another node.
  await parts.freshness?.catchUp();
  await settle(parts, begun, (run, at) => {
    const steps = withEnd(run.steps, at.now, "reason" in outcome ? outcome.reason : undefined);
    const stepped = { ...run, steps };
    return "reply" in outcome
      ? succeeded(stepped, outcome.reply, at)
      : failed(stepped, outcome.reason, at);
  });
}

/** undefined where it was interrupted. */
async function outcomeOf(
  parts: EngineParts,
  run: RotationRun,
  secret: SecretRecord,
  closing: AbortSignal,
): Promise<Outcome | undefined> {
  const asked = stepOf(run);
  if (asked === undefined) return { reply: {} };
  const rotator = parts.rotators.of(secret);
  if (rotator === undefined) return { reason: "Nothing that this vault knows rotates the secret" };
  if (run.isRevocation && rotator.name !== run.rotator) return { reply: handedOver(run) };
  const signal = AbortSignal.any([timeUp(rotator.stepMilliseconds), closing]);
  const { oldVersionId } = run;
  const request = { ...asked, secretArn: secret.arn, oldVersionId };
  const forPeople = (text: string, charactersMax?: number) =>
    parts.withoutValues(text, secret, [run.token, oldVersionId ?? run.token], charactersMax);
  try {
    const reply = await rotator.invoke(request, signal);
    if (reply.byHand === undefined) return { reply };
    const instructions = await forPeople(reply.byHand.instructions, instructionsMax);
    return { reply: { ...reply, byHand: { instructions } } };
  } catch (error) {
    if (closing.aborted) return undefined;
    if (!(error instanceof RotatorFailed)) throw error;
    return { reason: await forPeople(error.reason) };
  }
}

/**
 * `AbortSignal.timeout` with somebody who listens to it: one that `AbortSignal.any` alone knows may
 * be collected on Node 22.13, and then it never comes.
 */
function timeUp(milliseconds: number): AbortSignal {
  const signal = AbortSignal.timeout(milliseconds);
  signal.addEventListener("abort", () => {}, { once: true });
  return signal;
}

/** Keeps what comes next, unless the run is another by now: then it is looked at anew. */
async function settle(
  parts: EngineParts,
  row: Row<RotationRun>,
  next: (run: RotationRun, at: Situation) => Transition,
): Promise<void> {
  const { storage, clock } = parts;
  await retryOnConflict(async () => {
    const latest = await storage.get(rotationTable, row.key);
    if (latest === undefined || latest.revision !== row.revision) return;
    const secretRow = await storage.get(secretTable, secretKey(row.body, row.body.name));
    if (secretRow === undefined) return;
    const now = clock.now();
    const transition = next(latest.body, situationOf(secretRow.body, now));
    const put = putRotation(transition.run, latest);
    const after = changed(secretRow.body, latest.body, transition, now);
    if (after === secretRow.body) await storage.commit([put]);
    else await saveSecret(storage, secretRow, after, now, { alongside: [put] });
  });
}

function changed(
  secret: SecretRecord,
  before: RotationRun,
  { run, clearsPending, setsPending, isRotated }: Transition,
  now: number,
): SecretRecord {
  const { stages, rotation } = secret;
  const isOurs = versionAt(stages, pending) === before.token;
  if (clearsPending && isOurs) {
    const cleared = { ...secret, stages: detach(stages, pending), lastChangedDate: now };
    return isRotated ? rotated(cleared, now) : cleared;
  }
  if (setsPending && versionAt(stages, pending) !== run.token) {
    return { ...secret, stages: { ...stages, [pending]: run.token }, lastChangedDate: now };
  }
  return isRotated && rotation ? rotated(secret, now) : secret;
}

function rotated(secret: SecretRecord, now: number): SecretRecord {
  const { rotation } = secret;
  return {
    ...secret,
    lastRotatedDate: now,
    lastChangedDate: now,
    ...(rotation && { rotation: rescheduled(rotation, now) }),
  };
}

async function secretOf({ storage, clock }: EngineParts, run: RotationRun) {
  const row = await storage.get(secretTable, secretKey(run, run.name));
  return row?.body.arn === run.arn && !isGone(row.body, clock.now()) ? row.body : undefined;
}

function withEnd(steps: RotationRun["steps"], endedAt: number, error: string | undefined) {
  return steps.map((step, at) =>
    at === steps.length - 1 ? { ...step, endedAt, ...(error !== undefined && { error }) } : step,
  );
}
