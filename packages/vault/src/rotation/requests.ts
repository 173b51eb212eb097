/**
 * RotateSecret and CancelRotateSecret: a secret's rotation is configured, begun and called off, in
 * one commit with the run that the engine then drives.
 */
import type { Clock } from "../clock.ts";
import {
  invalidRequest,
  rotationInProgress,
  rotationNotConfigured,
  tokenInUse,
} from "../secrets/errors.ts";
import { existing, latest, writable } from "../secrets/presence.ts";
import {
  type SecretPermit,
  type SecretRecord,
  versionKey,
  versionTable,
} from "../secrets/records.ts";
import {
  checkRotation,
  configured,
  pendingVersion,
  type RotationChange,
  rescheduled,
} from "../secrets/rotation.ts";
import { saveSecret } from "../secrets/saving.ts";
import { current, detach, pending, type Stages, versionAt } from "../secrets/versions.ts";
import { type Put, type Row, retryOnConflict, type Storage } from "../storage/storage.ts";
import type { Capabilities } from "./rotator.ts";
import {
  mayBegin,
  putRotation,
  type RotationRun,
  revocationKey,
  rotationKey,
  rotationTable,
  told,
} from "./run.ts";
import { abandoned, ended, leftOver } from "./steps.ts";

export interface RotationRequest {
  /** Of the version that comes to be. */
  readonly token: string;
  readonly change: RotationChange;
  /** False: only testSecret is asked for. */
  readonly isImmediate: boolean;
  /** ARN of the principal. */
  readonly requestedBy: string | undefined;
  readonly rotator: string;
  readonly capabilities: Capabilities;
}

interface Parts {
  /** Tells the change feed of what it commits. */
  readonly storage: Storage;
  readonly clock: Clock;
}

/**
 * Repeated where this very request has begun a rotation before. Throws where none may begin now,
 * which has one that failed and waits be tried again: that is what AWS answers.
 */
export async function admit(
  parts: Parts,
  secret: SecretRecord,
  { token, change }: Pick<RotationRequest, "token" | "change">,
): Promise<"new" | "repeated"> {
  const run = await runOf(parts.storage, secret);
  if (run?.body.requestToken === token) {
    // Whoever stored a value by hand asks again, and need not wait until it is looked for.
    if (run.body.phase === "byHand") await reattempt(parts, secret);
    return "repeated";
  }
  checkRotation(secret, change);
  const left = leftByCorrection(secret, run, change);
  const isBusy = run !== undefined && left === undefined && !mayBegin(run.body);
  const stages = stagesWithout(secret, left ?? run?.body);
  if (!isBusy && pendingVersion({ ...secret, stages }) === undefined) return "new";
  await reattempt(parts, secret);
  throw rotationInProgress();
}

/** A test leaves nothing behind, nor does what is revoked beside: nobody need wait for either. */
function stagesWithout({ stages }: SecretRecord, run: RotationRun | undefined): Stages {
  const leavesNothing = run?.isTestOnly === true || run?.isRevocation === true;
  const isOurs = leavesNothing && versionAt(stages, pending) === run.token;
  return isOurs ? detach(stages, pending) : stages;
}

/**
 * What is left of a rotation whose key can't be revoked, where the request says anew how the secret
 * rotates: an admin's key that is refused is corrected by that, and need not be waited for.
 */
function leftByCorrection(
  secret: SecretRecord,
  run: Row<RotationRun> | undefined,
  change: RotationChange,
): RotationRun | undefined {
  const { rotation } = secret;
  const { lambdaArn, external } = configured(secret, change);
  const isSame =
    lambdaArn === rotation?.lambdaArn &&
    JSON.stringify(external) === JSON.stringify(rotation.external);
  return run === undefined || isSame ? undefined : leftOver(run.body);
}

/** The secret as it is to be rotated. One and the same request begins one rotation only. */
export function rotate(
  parts: Parts,
  permit: SecretPermit<"RotateSecret">,
  request: RotationRequest,
): Promise<SecretRecord> {
  const { storage, clock } = parts;
  const located = existing(permit.resource);
  return retryOnConflict(async () => {
    const now = clock.now();
    const row = await latest(storage, located, now);
    const before = writable(row.body);
    if ((await admit(parts, before, request)) === "repeated") return before;
    const run = await runOf(storage, before);
    const { token } = request;
    if ((await storage.get(versionTable, versionKey(before, token))) !== undefined) {
      // Of its errors RotateSecret has no other for it.
      throw invalidRequest(tokenInUse(token, before.arn).message);
    }
    const rotation = rescheduled(configured(before, request.change), now);
    const next = begun(before, request, "request", now);
    const stages = { ...before.stages, [pending]: token };
    const after = { ...before, rotation, stages, lastChangedDate: now };
    const left = leftByCorrection(before, run, request.change);
    const former = run && left ? { ...run, body: endedWithout(run.body, now) } : run;
    return saveSecret(storage, row, after, now, {
      // What was refused may be granted now.
      alongside: [
        putNext(next, former),
        ...(await putBeside(storage, left && { ...left, nextAttemptAt: now })),
      ],
    });
  });
}

/**
 * Turns rotation off and calls off what is under way. Its rules are kept, and so is a version that
 * it may have begun with, unless its rotator can take back what it made for it. What it can't take
 * back now it is asked for beside, so that the secret can be rotated again.
 */
export function cancel(
  { storage, clock }: Parts,
  permit: SecretPermit<"CancelRotateSecret">,
): Promise<SecretRecord> {
  const located = existing(permit.resource);
  return retryOnConflict(async () => {
    const now = clock.now();
    const row = await latest(storage, located, now);
    const before = writable(row.body);
    if (before.rotation === undefined) throw rotationNotConfigured();
    const rotation = { ...before.rotation, isEnabled: false, nextRotationDate: undefined };
    const run = await runOf(storage, before);
    const left = run && leftOver(run.body);
    const stages = stagesWithout(before, left ?? run?.body);
    const after = { ...before, stages, rotation, lastChangedDate: now };
    if (run === undefined) return saveSecret(storage, row, after, now);
    const over = left === undefined ? abandoned(run.body, now) : endedWithout(run.body, now);
    const alongside = [putRotation(over, run), ...(await putBeside(storage, left))];
    return saveSecret(storage, row, after, now, { alongside });
  });
}

/** The end of a run whose key is revoked beside from now on. */
function endedWithout(run: RotationRun, now: number): RotationRun {
  return run.phase === "rollBack"
    ? ended(told(run, "RotationAbandoned", now), "cancelled", now)
    : ended(run, "succeeded", now);
}

async function putBeside(storage: Storage, left: RotationRun | undefined): Promise<readonly Put[]> {
  if (left === undefined) return [];
  const key = revocationKey(left, left.oldVersionId ?? "");
  const isThere = (await storage.get(rotationTable, key)) !== undefined;
  return isThere ? [] : [putRotation(left, "absent")];
}

/**
 * Has a rotation that waits, after a failure, for a value or for its readers, be looked at now: that
 * is what AWS answers to whoever asks for another meanwhile.
 */
async function reattempt({ storage, clock }: Parts, secret: SecretRecord): Promise<void> {
  await retryOnConflict(async () => {
    const run = await runOf(storage, secret);
    if (run === undefined || run.body.isTestOnly) return;
    const { phase, nextAttemptAt = 0 } = run.body;
    const now = clock.now();
    // Also one that has failed too often to be tried again by itself.
    if (phase !== "failed" && nextAttemptAt <= now) return;
    await storage.commit([putRotation({ ...run.body, nextAttemptAt: now }, run)]);
  });
}

/** The newest run of the secret; undefined where it never had one. */
export async function runOf(
  storage: Storage,
  secret: SecretRecord,
): Promise<Row<RotationRun> | undefined> {
  return storage.get(rotationTable, rotationKey(secret));
}

export function begun(
  secret: SecretRecord,
  { token, isImmediate, requestedBy, rotator, capabilities }: Omit<RotationRequest, "change">,
  trigger: RotationRun["trigger"],
  now: number,
): RotationRun {
  const { arn, accountId, region, name, stages } = secret;
  const run: RotationRun = {
    arn,
    accountId,
    region,
    name,
    token,
    requestToken: token,
    oldVersionId: versionAt(stages, current),
    phase: isImmediate ? "createSecret" : "testSecret",
    isTestOnly: isImmediate ? undefined : true,
    trigger,
    requestedBy,
    startedAt: now,
    capabilities,
    attempt: 0,
    nextAttemptAt: now,
    steps: [],
    rotator,
    untold: [],
  };
  return told(run, isImmediate ? "RotationStarted" : "TestRotationStarted", now);
}

/** In the place of the one before, of which there may be something left to tell. */
export function putNext(run: RotationRun, before: Row<RotationRun> | undefined): Put {
  const untold = [...(before?.body.untold ?? []), ...run.untold];
  return putRotation({ ...run, untold }, before ?? "absent");
}
