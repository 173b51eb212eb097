/** Readers and what they have, told by their reads alone; pure. */
import type { SecretRead } from "../../audit/event.ts";
import type { Laggard } from "../run.ts";

/** A client may go on with what it has read for so long after its credentials have expired. */
const clientTtlMilliseconds = 300_000;

/** Readers are to move from one version to one of others, from the moment on when the labels did. */
export interface Move {
  readonly from: string | undefined;
  readonly to: ReadonlySet<string | undefined>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** As a report tells of a reader. Times in ms. */
export interface Reader {
  readonly principalArn: string;
  readonly sessionName: string | undefined;
  /** Empty where it stands for all sessions of a role that expired more than a day ago. */
  readonly sourceAddress: string;
  /** The version that was asked about, or what it read last. */
  readonly versionId: string;
  /** Of that version. */
  readonly firstReadAt: number;
  readonly lastReadAt: number;
  /** undefined for credentials that don't expire. */
  readonly expiresAt: number | undefined;
  /** When it first read what took the place of the version that it had. */
  readonly movedAt: number | undefined;
}

/** Whoever's credentials expired before then holds nothing back. */
export function expiredBefore(now: number): number {
  return now - clientTtlMilliseconds;
}

/**
 * Those who may still have the key that all are to move from, the latest first: whatever else they
 * read may hold it too, since a value also changes in what is beside its key.
 */
export function laggardsAmong(reads: readonly SecretRead[], move: Move, now: number): Laggard[] {
  const found: Laggard[] = [];
  for (const own of byReader(reads)) {
    const last = latest(own);
    const { principalArn, sessionName, sourceAddress, expiresAt } = last;
    const isOver = expiresAt !== undefined && expiresAt < expiredBefore(now);
    // What stands for several sessions says of none that it has moved.
    const hasMoved = last.accessKeyId !== "" && movedAt(own, move) !== undefined;
    const hadOther = own.some((read) => !move.to.has(read.versionId));
    if (!hadOther || isOver || hasMoved) continue;
    const { versionId, lastReadAt } = last;
    found.push({ principalArn, sessionName, sourceAddress, versionId, lastReadAt, expiresAt });
  }
  return found.sort(byLastRead);
}

/** Of one version, or of any; the latest first. */
export function readersAmong(reads: readonly SecretRead[], versionId?: string): Reader[] {
  return told(reads, (own) => {
    const about = own.filter((read) => versionId === undefined || read.versionId === versionId);
    return about.length === 0 ? undefined : [latest(about), nextOf(own, latest(about))];
  });
}

/** Whoever had one of the versions of a move and credentials when the labels moved. */
export function readersMoving(reads: readonly SecretRead[], move: Move): Reader[] {
  return told(reads, (own) => {
    const { from, to, at } = move;
    const about = own.filter(({ versionId }) => versionId === from || to.has(versionId));
    const live = about.filter(({ expiresAt = at }) => expiresAt >= at);
    return live.length === 0 ? undefined : [latest(live), move];
  });
}

function told(
  reads: readonly SecretRead[],
  choose: (own: readonly SecretRead[]) => readonly [SecretRead, Move] | undefined,
): Reader[] {
  const found: Reader[] = [];
  for (const own of byReader(reads)) {
    const [read, move] = choose(own) ?? [];
    if (read === undefined || move === undefined) continue;
    const { accessKeyId: _, ...reader } = read;
    found.push({ ...reader, movedAt: had(own, move.from) ? movedAt(own, move) : undefined });
  }
  return found.sort(byLastRead);
}

function had(own: readonly SecretRead[], version: string | undefined): boolean {
  return own.some(({ versionId }) => versionId === version);
}

/** When a reader first had one of the versions after the labels moved; undefined if it hasn't. */
function movedAt(own: readonly SecretRead[], { to, at }: Move): number | undefined {
  const since = own.filter(({ versionId, lastReadAt }) => to.has(versionId) && lastReadAt >= at);
  const first = Math.min(...since.map(({ firstReadAt }) => firstReadAt));
  return since.length === 0 ? undefined : Math.max(first, at);
}

/** Whatever it read later than this. */
function nextOf(own: readonly SecretRead[], { versionId, lastReadAt }: SecretRead): Move {
  const later = own.filter((each) => each.versionId !== versionId && each.lastReadAt > lastReadAt);
  return { from: versionId, to: new Set(later.map((each) => each.versionId)), at: 0 };
}

function byReader(reads: readonly SecretRead[]): Iterable<readonly SecretRead[]> {
  const found = new Map<string, SecretRead[]>();
  for (const read of reads) {
    const { principalArn, accessKeyId, sourceAddress } = read;
    const reader = [principalArn, accessKeyId, sourceAddress].join(" ");
    const own = found.get(reader);
    if (own === undefined) found.set(reader, [read]);
    else own.push(read);
  }
  return found.values();
}

function latest(own: readonly SecretRead[]): SecretRead {
  return own.reduce((one, other) => (other.lastReadAt > one.lastReadAt ? other : one));
}

function byLastRead(one: { lastReadAt: number }, other: { lastReadAt: number }): number {
  return other.lastReadAt - one.lastReadAt;
}
