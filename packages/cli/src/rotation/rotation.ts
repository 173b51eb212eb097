/** Rotations as the vault tells of them, in this language's spelling: of `--format json` as well. */

/** The step that comes next or is under way, what is waited for, or how it ended. */
export type Phase =
  | "createSecret"
  | "byHand"
  | "setSecret"
  | "testSecret"
  | "finishSecret"
  | "overlap"
  | "revokeOld"
  | "rollBack"
  | "succeeded"
  | "failed"
  | "cancelled"
  /** On AWS, which doesn't say more. */
  | "pending";

/** A secret with rotation, and its newest run where there was one. */
export interface Rotation {
  readonly arn: string;
  readonly name: string;
  /** A function's ARN or a built-in type. */
  readonly rotator?: string;
  readonly rotationEnabled?: boolean;
  readonly scheduleExpression?: string;
  readonly automaticallyAfterDays?: number;
  readonly lastRotatedDate?: Date;
  readonly nextRotationDate?: Date;
  readonly phase?: Phase;
  /** Only whether the secret could be rotated was in question. */
  readonly isTestOnly?: boolean;
  readonly startedDate?: Date;
  /** When the labels had moved, or it ended. */
  readonly finishedDate?: Date;
  /** The old key lives at least until then. */
  readonly graceUntil?: Date;
  /** By when a person has to have made the key. */
  readonly dueDate?: Date;
  readonly laggardCount?: number;
  readonly failureStep?: string;
  readonly failureReason?: string;
  readonly nextAttemptDate?: Date;
  readonly owner?: string;
}

/** The run whole. */
export interface RotationRun extends Rotation {
  /** The version that comes to be. */
  readonly clientRequestToken?: string;
  readonly oldVersionId?: string;
  /** The version before is current again: it is the newer one whose key is to die. */
  readonly isRolledBack?: boolean;
  /** What has to be done by hand, where a person makes the key. */
  readonly instructions?: string;
  /** The same, of the key that a person has to revoke at its provider. */
  readonly revocationInstructions?: string;
  readonly steps?: readonly Step[];
  readonly laggards?: readonly Reader[];
  readonly readers?: readonly Reader[];
  readonly revocations?: readonly Revocation[];
  readonly revokedVersions?: readonly RevokedVersion[];
}

/** One that the vault gives to nobody any more. */
export interface RevokedVersion {
  readonly versionId: string;
  readonly revokedDate: Date;
}

/** A key's end at its provider, which was asked for beside all rotations. */
export interface Revocation {
  readonly versionId: string;
  readonly phase: Phase;
  readonly failureReason?: string;
  readonly nextAttemptDate?: Date;
  readonly revocationInstructions?: string;
}

export interface Step {
  readonly step: string;
  readonly startedDate: Date;
  readonly endedDate?: Date;
  readonly error?: string;
}

/** Whoever read a version of the secret, by the audit trail. */
export interface Reader {
  /** Of a role, or of a user. */
  readonly principalArn: string;
  readonly sessionName?: string;
  /** Empty where it stands for all the sessions that a role had long ago. */
  readonly sourceAddress: string;
  /** What it read. */
  readonly versionId: string;
  readonly lastReadDate: Date;
  /** When it first read what the rotation made. */
  readonly movedDate?: Date;
  /** When its credentials expire, where they do. */
  readonly expiresDate?: Date;
}

/**
 * A reply's members in this spelling: `LastReadDate` of seconds since the epoch is `lastReadDate`,
 * a Date.
 */
export function spelled<Result>(reply: unknown, name = ""): Result {
  if (Array.isArray(reply)) return reply.map((each) => spelled(each, name)) as Result;
  if (typeof reply === "number" && isMoment.test(name)) return new Date(reply * 1000) as Result;
  if (typeof reply !== "object" || reply === null) return reply as Result;
  const members = Object.entries(reply).filter(([, value]) => value !== null);
  return Object.fromEntries(
    members.map(([key, value]) => [lowered(key), spelled(value, key)]),
  ) as Result;
}

const isMoment = /(Date|Until)$/;

function lowered(name: string): string {
  return name === "ARN" ? "arn" : name.charAt(0).toLowerCase() + name.slice(1);
}
