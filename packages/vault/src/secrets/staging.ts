/** UpdateSecretVersionStage: a label goes to another version, or goes. */
import { retryOnConflict } from "../storage/storage.ts";
import { type Opening, openForCopies, type ReplicaKey, sealCopies } from "./copies.ts";
import {
  currentMustStay,
  invalidParameter,
  stageHeldElsewhere,
  stageNotThere,
  tooManyStages,
  versionNotFound,
  versionRevoked,
} from "./errors.ts";
import { existing, latest, writable } from "./presence.ts";
import { type SecretPermit, type SecretRecord, versionKey, versionTable } from "./records.ts";
import { revocationOf } from "./revocation.ts";
import { saveSecret } from "./saving.ts";
import type { Stores } from "./stores.ts";
import { hurried } from "./under-way.ts";
import { attach, current, detach, type Stages, stagesMax, versionAt } from "./versions.ts";

export interface StageMove {
  readonly label: string;
  readonly removeFromVersionId?: string | undefined;
  readonly moveToVersionId?: string | undefined;
}

/** A version without a label that gets one is new to the replicas. */
export interface StageCopies {
  readonly openings: readonly Opening[];
  readonly replicaKeys: readonly ReplicaKey[];
}

export async function moveStage(
  { storage, keys, clock }: Stores,
  permit: SecretPermit<"UpdateSecretVersionStage">,
  move: StageMove,
  { openings, replicaKeys }: StageCopies,
): Promise<SecretRecord> {
  const located = writable(existing(permit.resource));
  const copied = await openForCopies(keys, located.arn, openings);
  const copies = await sealCopies(keys, located.arn, copied, replicaKeys);
  return retryOnConflict(async () => {
    const now = clock.now();
    const row = await latest(storage, located, now);
    const before = writable(row.body);
    const { moveToVersionId: to } = move;
    if (to !== undefined) {
      const target = await storage.get(versionTable, versionKey(before, to));
      if (target === undefined) throw versionNotFound(to);
    }
    const stages = stagesAfter(before.stages, move);
    if (Object.keys(stages).length > stagesMax) throw tooManyStages(stagesMax);
    const { [current]: after = "" } = stages;
    if (after !== before.stages[current] && revocationOf(before, after) !== undefined) {
      throw versionRevoked();
    }
    const moved = { ...before, stages, lastChangedDate: now };
    const alongside = await hurried(storage, { before, after: moved }, now);
    return saveSecret(storage, row, moved, now, { copies, alongside });
  });
}

/** Throws where the label isn't where the caller takes it to be. */
export function stagesAfter(
  stages: Stages,
  { label, removeFromVersionId: from, moveToVersionId: to }: StageMove,
): Stages {
  const holder = versionAt(stages, label);
  if (from === undefined && to === undefined) {
    throw invalidParameter(
      "You must provide MoveToVersionId, RemoveFromVersionId, or both of them.",
    );
  }
  if (from === undefined && holder !== undefined && holder !== to) {
    throw stageHeldElsewhere(label, holder);
  }
  if (from !== undefined && holder !== from) throw stageNotThere(label);
  if (to !== undefined) return attach(stages, to, [label]);
  if (label === current) throw currentMustStay();
  return detach(stages, label);
}
