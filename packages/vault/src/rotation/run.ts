/**
 * A rotation of a secret as it is kept while it goes on and after it ended: the newest of each
 * secret, one row. Who takes over after a crash has nothing else to go by.
 */
import { type Change, type Put, type Row, table } from "../storage/storage.ts";
import type { Capabilities } from "./rotator.ts";

/** The step that comes next or is under way, what is waited for, or how it ended. */
export type Phase =
  | "createSecret"
  /** Somebody has to put the new value under AWSPENDING. */
  | "byHand"
  | "setSecret"
  | "testSecret"
  | "finishSecret"
  /** Finished; the old key lives until the grace time is over and every reader has moved. */
  | "overlap"
  /** The old key is being revoked at the provider. */
  | "revokeOld"
  /** A step failed: the new key is being revoked at the provider. */
  | "rollBack"
  | "succeeded"
  | "failed"
  | "cancelled";

/** Key: `account/region/name` of the secret. Times in ms. */
export interface RotationRun {
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  /** The version that comes to be. */
  readonly token: string;
  /** ClientRequestToken of the request that began it: one that comes again begins nothing. */
  readonly requestToken: string;
  /** AWSCURRENT when it began. */
  readonly oldVersionId: string | undefined;
  readonly phase: Phase;
  /** RotateImmediately=false: testSecret alone. */
  readonly isTestOnly?: true | undefined;
  /** No rotation, but a version's key that is to die at its provider: `oldVersionId`'s. */
  readonly isRevocation?: true | undefined;
  /** It was told to stop and is on its way back. */
  readonly isCancelled?: true | undefined;
  /** Nothing is to be revoked: the provider sees to the old key's end itself. */
  readonly isOldKeyEnding?: true | undefined;
  readonly trigger: "schedule" | "request";
  /** ARN of the principal who asked for it. */
  readonly requestedBy: string | undefined;
  readonly startedAt: number;
  /** The labels have moved, or it ended. */
  readonly finishedAt?: number | undefined;
  /** As the rotator said when it began. */
  readonly capabilities: Capabilities;
  /** Of byHand, for people. */
  readonly instructions?: string | undefined;
  /** By when that is to be done. */
  readonly dueAt?: number | undefined;
  /** When somebody was last told so. */
  readonly dueToldAt?: number | undefined;
  /** Of a key that somebody has to revoke at its provider by hand, for people. */
  readonly revocationInstructions?: string | undefined;
  /** Of the overlap. */
  readonly graceUntil?: number | undefined;
  /** The version before is current again, since `finishedAt`: readers are to move back. */
  readonly isTurnedRound?: true | undefined;
  /** As last looked at; the first of them. */
  readonly laggards?: readonly Laggard[] | undefined;
  readonly laggardCount?: number | undefined;
  /** When somebody was last told that readers are waited for. */
  readonly waitingToldAt?: number | undefined;
  /** How often it has failed so far. */
  readonly attempt: number;
  /** undefined where nothing is to be done. */
  readonly nextAttemptAt: number | undefined;
  readonly failure?: Failure | undefined;
  /** The newest of them, for people. */
  readonly steps: readonly StepTaken[];
  /** Function ARN or type. */
  readonly rotator: string;
  /** What trail and owner are yet to hear. It goes from here once they have. */
  readonly untold: readonly Tiding[];
}

/** Names are CloudTrail's, and those of notices. */
export interface Tiding {
  readonly name:
    | "RotationStarted"
    | "RotationSucceeded"
    | "RotationFailed"
    | "RotationAbandoned"
    | "TestRotationStarted"
    | "TestRotationSucceeded"
    | "TestRotationFailed"
    | "SecretVersionRevoked"
    | "RotationWaiting"
    | "RotationDue";
  readonly at: number;
  /** The version that it is about. */
  readonly versionId: string;
  /** For people; no value is in it. */
  readonly detail?: string | undefined;
}

/** No value is in it. */
export interface Failure {
  readonly step: string;
  readonly reason: string;
  readonly at: number;
}

export interface StepTaken {
  readonly step: string;
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  readonly error?: string | undefined;
}

/** A reader that has not fetched the new version yet. */
export interface Laggard {
  readonly principalArn: string;
  readonly sessionName?: string | undefined;
  readonly sourceAddress: string;
  /** What it read last. */
  readonly versionId: string;
  readonly lastReadAt: number;
  /** When its credentials expire; undefined where they don't. */
  readonly expiresAt?: number | undefined;
}

/** How many are named in the row; `laggardCount` counts all. */
export const laggardsMax = 20;
export const stepsMax = 40;

export const rotationTable = table<RotationRun>("rotations");

/** In the order of time, of all accounts: what the engine walks. */
export const nextAttemptIndex = "next-attempt";

/** The same as the secret's own key. */
export function rotationKey(secret: Pick<RotationRun, "accountId" | "region" | "name">): string {
  return `${secret.accountId}/${secret.region}/${secret.name}`;
}

/** Of the key's end that somebody asked for beside all rotations: a row of its own. */
export function revocationKey(
  secret: Pick<RotationRun, "accountId" | "region" | "name">,
  versionId: string,
): string {
  return `revocation/${rotationKey(secret)}:${versionId}`;
}

/** Whether it has ended. A failed one that is to be tried again has not. */
export function isOver({ phase, nextAttemptAt }: RotationRun): boolean {
  const isFinal = phase === "failed" && nextAttemptAt === undefined;
  return isFinal || phase === "succeeded" || phase === "cancelled";
}

/**
 * Whether another may take a run's place: one that has ended, waits for another attempt and has
 * left nothing behind, or only tests.
 */
export function mayBegin(run: RotationRun): boolean {
  return isOver(run) || run.phase === "failed" || run.isTestOnly === true;
}

/** With something more to tell. */
export function told(
  run: RotationRun,
  name: Tiding["name"],
  at: number,
  detail?: string,
  versionId: string = run.token,
): RotationRun {
  return { ...run, untold: [...run.untold, { name, at, versionId, detail }] };
}

export function putRotation(run: RotationRun, expect: Row<RotationRun> | "absent"): Put {
  const dueAt = run.untold[0]?.at ?? run.nextAttemptAt;
  return {
    type: "put",
    table: rotationTable,
    key: keyOf(run),
    body: run,
    expect: expect === "absent" ? expect : expect.revision,
    indexes: dueAt === undefined ? {} : { [nextAttemptIndex]: sortable(dueAt) },
  };
}

/** Of it nothing is kept any more. */
export function forgotten({ key, revision }: Row<RotationRun>): Change {
  return { type: "delete", table: rotationTable, key, expect: revision };
}

function keyOf(run: RotationRun): string {
  const { isRevocation, oldVersionId = "" } = run;
  return isRevocation ? revocationKey(run, oldVersionId) : rotationKey(run);
}

/** Numbers as text in the order of numbers. */
function sortable(milliseconds: number): string {
  return String(milliseconds).padStart(15, "0");
}
