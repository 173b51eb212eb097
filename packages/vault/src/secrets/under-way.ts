/**
 * What a change of a secret is to a rotation of it that is under way: what it waits for has come,
 * or it must not be changed now. A secret that never rotated costs nothing.
 */
import {
  mayBegin,
  putRotation,
  type RotationRun,
  rotationKey,
  rotationTable,
} from "../rotation/run.ts";
import type { Put, Row, Storage } from "../storage/storage.ts";
import { typeInUse } from "./errors.ts";
import type { SecretRecord } from "./records.ts";
import { current, versionAt } from "./versions.ts";

interface Changed {
  readonly before: SecretRecord;
  readonly after: SecretRecord;
  /** The version that comes with it. */
  readonly versionId?: string | undefined;
}

/**
 * To go with the change, in its commit: who moves AWSCURRENT in an overlap, or stores the key that
 * somebody was to make by hand, has it looked at now, and not when the engine would by itself.
 */
export async function hurried(
  storage: Storage,
  { before, after, versionId }: Changed,
  now: number,
): Promise<readonly Put[]> {
  const run = await runOf(storage, before);
  if (run === undefined) return [];
  const { phase, token } = run.body;
  const hasMoved = versionAt(before.stages, current) !== versionAt(after.stages, current);
  const isAwaited = phase === "overlap" ? hasMoved : phase === "byHand" && versionId === token;
  if (!isAwaited) return [];
  // Also where it is being looked at just now: what was seen of the secret before is not kept.
  return [putRotation({ ...run.body, nextAttemptAt: now }, run)];
}

/**
 * Throws InvalidRequestException where a rotation by the secret's type is under way, its overlap
 * included: the next rotator would be asked for the former one's keys.
 */
export async function requireTypeFree(storage: Storage, record: SecretRecord): Promise<void> {
  const run = (await runOf(storage, record))?.body;
  if (run === undefined || run.rotator !== record.type) return;
  if (!mayBegin(run)) throw typeInUse();
}

async function runOf(
  storage: Storage,
  record: SecretRecord,
): Promise<Row<RotationRun> | undefined> {
  if (record.rotation === undefined) return undefined;
  const run = await storage.get(rotationTable, rotationKey(record));
  return run?.body.arn === record.arn ? run : undefined;
}
