/** Rotations and readers as replies show them: only what there is. */
import type { Reader } from "../../rotation/readers/readers.ts";
import type { Rotating } from "../../rotation/readers/reports.ts";
import { isOver, type Laggard, type RotationRun, type StepTaken } from "../../rotation/run.ts";
import type { SecretRecord } from "../../secrets/records.ts";
import { dateOf } from "../secretsmanager/description.ts";

export function rotationOutput({ record, run }: Rotating) {
  const { arn, name, rotation, type, lastRotatedDate, tags } = record;
  return {
    ARN: arn,
    Name: name,
    Rotator: run?.rotator ?? (rotation?.lambdaArn || type),
    ScheduleExpression: rotation?.rules.scheduleExpression,
    AutomaticallyAfterDays: rotation?.rules.automaticallyAfterDays,
    RotationEnabled: rotation?.isEnabled ?? false,
    LastRotatedDate: dateOf(lastRotatedDate),
    NextRotationDate: dateOf(rotation?.nextRotationDate),
    Phase: run?.phase,
    IsTestOnly: run?.isTestOnly,
    StartedDate: dateOf(run?.startedAt),
    FinishedDate: dateOf(run?.finishedAt),
    GraceUntil: dateOf(run?.graceUntil),
    DueDate: dateOf(run?.dueAt),
    LaggardCount: run?.laggardCount,
    FailureStep: run?.failure?.step,
    FailureReason: run?.failure?.reason,
    NextAttemptDate: dateOf(run?.nextAttemptAt),
    Owner: tags["claviger:owner"] ?? tags.owner,
  };
}

export function runOutput(
  rotating: Rotating,
  readers: readonly Reader[],
  revocations: readonly RotationRun[],
) {
  const { run } = rotating;
  return {
    ...rotationOutput(rotating),
    ...(run && {
      ClientRequestToken: run.token,
      OldVersionId: run.oldVersionId,
      IsRolledBack: run.isTurnedRound,
      Trigger: run.trigger,
      RequestedBy: run.requestedBy,
      Instructions: run.instructions,
      RevocationInstructions: run.revocationInstructions,
      Steps: run.steps.map(stepOutput),
      Laggards: run.laggards?.map(laggardOutput),
    }),
    Readers: readers.map(readerOutput),
    Revocations: revocations.map(revocationOutput),
    RevokedVersions: revokedOutput(rotating.record),
  };
}

/** Those that no read gives out any more. */
function revokedOutput({ revoked = {} }: SecretRecord) {
  return Object.entries(revoked).map(([versionId, { date }]) => ({
    VersionId: versionId,
    RevokedDate: new Date(date),
  }));
}

function revocationOutput(run: RotationRun) {
  const { oldVersionId, phase, failure } = run;
  return {
    VersionId: oldVersionId,
    Phase: phase,
    StartedDate: new Date(run.startedAt),
    FinishedDate: dateOf(run.finishedAt),
    FailureReason: failure?.reason,
    NextAttemptDate: isOver(run) ? undefined : dateOf(run.nextAttemptAt),
    RevocationInstructions: run.revocationInstructions,
  };
}

export function readerOutput(reader: Reader) {
  return {
    ...laggardOutput(reader),
    FirstReadDate: new Date(reader.firstReadAt),
    MovedDate: dateOf(reader.movedAt),
  };
}

function laggardOutput({ lastReadAt, expiresAt, ...reader }: Laggard) {
  return {
    PrincipalArn: reader.principalArn,
    SessionName: reader.sessionName,
    SourceAddress: reader.sourceAddress,
    VersionId: reader.versionId,
    LastReadDate: new Date(lastReadAt),
    ExpiresDate: dateOf(expiresAt),
  };
}

function stepOutput({ step, startedAt, endedAt, error }: StepTaken) {
  return {
    Step: step,
    StartedDate: new Date(startedAt),
    EndedDate: dateOf(endedAt),
    Error: error,
  };
}
