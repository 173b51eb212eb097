/**
 * Tells the trail and the owner what has come of a rotation: at least once, and never of what was
 * not kept.
 */
import type { NoticeKind } from "../notices.ts";
import type { SecretRecord } from "../secrets/records.ts";
import type { Row } from "../storage/storage.ts";
import type { EngineParts } from "./engine-parts.ts";
import { forgotten, isOver, putRotation, type RotationRun, type Tiding } from "./run.ts";
import { serviceEvent } from "./service-events.ts";

/** Those that ask for somebody's attention. CloudTrail knows only the first. */
const noticed: ReadonlySet<string> = new Set<NoticeKind>([
  "RotationFailed",
  "RotationWaiting",
  "RotationDue",
]);
const ours: ReadonlySet<string> = new Set<NoticeKind>(["RotationWaiting", "RotationDue"]);

const outcomes = {
  RotationSucceeded: "succeeded",
  RotationFailed: "failed",
  RotationAbandoned: "abandoned",
} as const;

/** `secret` is undefined where it is gone. */
export async function tell(
  parts: EngineParts,
  row: Row<RotationRun>,
  secret: SecretRecord | undefined,
): Promise<void> {
  const { storage, auditLog, randomness } = parts;
  const run = row.body;
  for (const tiding of run.untold) {
    const isEvent = !ours.has(tiding.name);
    if (isEvent) await auditLog.append(serviceEvent(run, tiding, randomness.uuid()));
    if (noticed.has(tiding.name)) await notice(parts, run, tiding, secret);
  }
  const isDone = run.isRevocation && isOver(run) && run.nextAttemptAt === undefined;
  await storage.commit([isDone ? forgotten(row) : putRotation({ ...run, untold: [] }, row)]);
  if (run.isRevocation) return;
  for (const { name } of run.untold) {
    const outcome = outcomes[name as keyof typeof outcomes];
    if (outcome !== undefined) parts.metrics.countEnd(outcome);
  }
}

function notice(
  { notices }: EngineParts,
  { arn, name, phase, dueAt }: RotationRun,
  { name: kind, at, detail }: Tiding,
  secret: SecretRecord | undefined,
): Promise<void> {
  return notices.give({
    kind: kind as NoticeKind,
    arn,
    name,
    type: "secret",
    time: at,
    dueAt: kind === "RotationDue" && phase === "byHand" ? dueAt : undefined,
    tags: secret?.tags ?? {},
    detail,
  });
}
