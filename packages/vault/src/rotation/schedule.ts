/**
 * Rotations by the secrets' own rules: each is announced a day before its window and begun when
 * that opens. What can't be begun is told of, and comes round with the next window.
 */
import { setImmediate as others } from "node:timers/promises";
import type { NoticeKind } from "../notices.ts";
import { isReplica } from "../secrets/presence.ts";
import { rotationIndex, type SecretRecord, secretTable } from "../secrets/records.ts";
import { nextRotationMoment, pendingVersion, rescheduled } from "../secrets/rotation.ts";
import { saveSecret } from "../secrets/saving.ts";
import { pending } from "../secrets/versions.ts";
import { type Row, retryOnConflict } from "../storage/storage.ts";
import type { EngineParts } from "./engine-parts.ts";
import { isRehearsing, missingRehearsal } from "./rehearsal.ts";
import { begun, putNext, runOf } from "./requests.ts";
import { RotatorFailed } from "./rotator.ts";
import { mayBegin } from "./run.ts";

const secretsPerBatch = 100;

type Notice = { readonly kind: NoticeKind; readonly time: number; readonly detail?: string };

/** All that is due, in every account. What fails holds up nothing else, and is tried again. */
export async function beginDue(parts: EngineParts): Promise<void> {
  const faults: unknown[] = [];
  for (let after: string | undefined; ; ) {
    const range = { prefix: "", after, limit: secretsPerBatch };
    const earliest = await parts.storage.listByIndex(secretTable, rotationIndex, range);
    const now = parts.clock.now();
    const due = earliest.filter(({ position }) => Number(position.slice(0, 15)) <= now);
    for (const { key } of due) {
      await retryOnConflict(() => look(parts, key)).catch((fault) => faults.push(fault));
    }
    if (due.length < secretsPerBatch) break;
    after = due.at(-1)?.position;
    // Of what is still busy nothing is written, and so nothing was waited for.
    await others();
  }
  if (faults.length > 0) throw faults[0];
}

async function look(parts: EngineParts, key: string): Promise<void> {
  const { storage, clock } = parts;
  const row = await storage.get(secretTable, key);
  if (row === undefined) return;
  const now = clock.now();
  const secret = row.body;
  const isHeld = isReplica(secret) || secret.deletedDate !== undefined;
  const next = isHeld ? undefined : nextRotationMoment(secret);
  // Written before there was an order of rotations: it takes its place there, or has none.
  if (next === undefined || next.at > now) {
    return void (await saveSecret(storage, row, secret, now));
  }
  if (next.type === "announcement" && next.opensAt > now) {
    await notice(parts, secret, { kind: "RotationUpcoming", time: next.opensAt });
    const rotation = secret.rotation && { ...secret.rotation, isAnnounced: true as const };
    return void (await saveSecret(storage, row, { ...secret, rotation }, now));
  }
  await begin(parts, row);
}

async function begin(parts: EngineParts, row: Row<SecretRecord>): Promise<void> {
  const { storage, clock, randomness } = parts;
  const secret = row.body;
  const now = clock.now();
  const run = await runOf(storage, secret);
  // It is still busy with the one before.
  if (run !== undefined && !mayBegin(run.body)) return;
  const rotator = parts.rotators.of(secret);
  const rehearsal = rotator && (await missingRehearsal(parts, secret, rotator.name));
  const reason =
    missedWindow(secret, now) ??
    (rotator === undefined ? "Nothing that this vault knows rotates the secret" : rehearsal);
  if (reason !== undefined && reason === rehearsal && (await isRehearsing(parts, secret))) return;
  if (rotator === undefined || reason !== undefined) {
    const time = secret.rotation?.nextRotationDate ?? now;
    await notice(parts, secret, { kind: "RotationFailed", time, detail: reason });
    return void (await saveSecret(storage, row, onward(secret, now), now));
  }
  const capabilities = await rotator.capabilities().catch(async (error) => {
    if (!(error instanceof RotatorFailed)) throw error;
    const time = secret.rotation?.nextRotationDate ?? now;
    await notice(parts, secret, { kind: "RotationFailed", time, detail: error.reason });
    throw error;
  });
  // A version that another rotation began with and did not finish is finished first, as on AWS.
  const token = pendingVersion(secret) ?? randomness.uuid();
  const request = { token, isImmediate: true, requestedBy: undefined, rotator: rotator.name };
  const next = begun(secret, { ...request, capabilities }, "schedule", now);
  const stages = { ...secret.stages, [pending]: token };
  const after = { ...onward(secret, now), stages, lastChangedDate: now };
  const alongside = [putNext(next, run)];
  await saveSecret(storage, row, after, now, { alongside });
}

/** A window was asked for in so many words: outside of it nothing is to happen. */
function missedWindow({ rotation }: SecretRecord, now: number): string | undefined {
  const { rules, nextRotationDate = now } = rotation ?? {};
  const isMissed = rules?.duration !== undefined && now > nextRotationDate;
  return isMissed ? "Its window passed while this vault was not running" : undefined;
}

function onward(secret: SecretRecord, now: number): SecretRecord {
  return { ...secret, rotation: secret.rotation && rescheduled(secret.rotation, now) };
}

function notice(
  { notices }: EngineParts,
  { arn, name, tags }: SecretRecord,
  given: Omit<Notice, "detail"> & { readonly detail?: string | undefined },
): Promise<void> {
  return notices.give({ ...given, arn, name, type: "secret", tags });
}
