/**
 * Who reads a secret, from what the audit trail notes of each read (docs/decisions/0025). A reader
 * is a role or user with its credentials at an address; who reads a replica in another region
 * reads the secret too.
 */
import type { AuditLog, SecretRead } from "../../audit/event.ts";
import { inRegion, type SecretRecord, secretKey, secretTable } from "../../secrets/records.ts";
import { revocationOf } from "../../secrets/revocation.ts";
import { current, versionAt } from "../../secrets/versions.ts";
import type { Storage } from "../../storage/storage.ts";
import type { Laggards } from "../overlap.ts";
import type { RotationRun } from "../run.ts";
import {
  expiredBefore,
  laggardsAmong,
  type Move,
  type Reader,
  readersAmong,
  readersMoving,
} from "./readers-of-version.ts";

export type { Reader } from "./readers-of-version.ts";

const dayMilliseconds = 86_400_000;

/** The last read may have been so much later than the trail notes. */
const noteMilliseconds = 60_000;

/** Of a report: the latest. */
const readsReportedMax = 5000;

export interface ReadersQuery {
  /** Only who read this version. */
  readonly versionId?: string | undefined;
  /** Whoever was to move with this rotation. */
  readonly run?: RotationRun | undefined;
}

export class RotationReaders {
  readonly #auditLog: Pick<AuditLog, "secretReads">;
  readonly #storage: Pick<Storage, "get">;

  constructor(auditLog: Pick<AuditLog, "secretReads">, storage: Pick<Storage, "get">) {
    this.#auditLog = auditLog;
    this.#storage = storage;
  }

  /**
   * Who read the old version, or another that was never revoked, still has credentials, and is not
   * known to have read since the labels moved what took its place.
   */
  async laggardsOf(run: RotationRun, now: number): Promise<Laggards> {
    const { oldVersionId, arn, capabilities } = run;
    if (oldVersionId === undefined) return { laggards: [], count: 0 };
    const record = (await this.#storage.get(secretTable, secretKey(run, run.name)))?.body;
    const reads = await this.#reads(record ?? { arn }, {
      since: now - capabilities.readerDays * dayMilliseconds - noteMilliseconds,
      expiresAfter: expiredBefore(now),
      limit: Number.MAX_SAFE_INTEGER,
    });
    const move = moveOf(run, record);
    const isAlive = ({ versionId }: SecretRead) =>
      versionId === oldVersionId ||
      move.to.has(versionId) ||
      revocationOf({ revoked: record?.revoked }, versionId) === undefined;
    const laggards = laggardsAmong(reads.filter(isAlive), move, now);
    return { laggards, count: laggards.length };
  }

  /** The latest readers first; those whose credentials have expired as well. */
  async readersOf(
    record: SecretRecord,
    { versionId, run }: ReadersQuery = {},
  ): Promise<readonly Reader[]> {
    const reads = await this.#reads(record, { since: 0, limit: readsReportedMax });
    return run === undefined
      ? readersAmong(reads, versionId)
      : readersMoving(reads, moveOf(run, record));
  }

  async #reads(
    { arn, replicas = [] }: Pick<SecretRecord, "arn" | "replicas">,
    query: { since: number; expiresAfter?: number; limit: number },
  ): Promise<readonly SecretRead[]> {
    const arns = [arn, ...replicas.map(({ region }) => inRegion(arn, region))];
    const found = await Promise.all(
      arns.map((secretArn) => this.#auditLog.secretReads({ secretArn, ...query })),
    );
    return found.flat();
  }
}

/** What a rotation wants of readers. A value that was put by hand since then is as good. */
function moveOf(run: RotationRun, record: SecretRecord | undefined): Move {
  const { oldVersionId, token } = run;
  const now = record && versionAt(record.stages, current);
  const to = [token, now].filter((id) => id !== undefined && id !== oldVersionId);
  return { from: oldVersionId, to: new Set(to), at: labelsMovedAfter(run) };
}

/**
 * They move while finishSecret is under way, and readers who hear of it are there before its reply
 * is. What was asked for again after a crash had moved them the first time.
 */
function labelsMovedAfter(run: RotationRun): number {
  const { steps, isTurnedRound, finishedAt, startedAt } = run;
  if (isTurnedRound && finishedAt !== undefined) return finishedAt;
  const begun = steps.findLastIndex(({ step }) => step === "createSecret");
  const finishing = steps.slice(begun + 1).find(({ step }) => step === "finishSecret");
  return finishing?.startedAt ?? finishedAt ?? startedAt;
}
