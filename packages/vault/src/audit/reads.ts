/**
 * Who read which version of a secret, and when first and last: one row for each secret, version
 * and reader, written with the group that has the read, and so before its reply. A reader who goes
 * on reading is written down again once a minute; the trail itself has each read.
 */
import type { AuditEvent, AuditIdentity } from "./event.ts";

/** A reader is a role or user with its credentials, at an address. */
export interface NotedRead {
  readonly secret: string;
  readonly versionId: string;
  /** ARN of the role, user or root. */
  readonly principal: string;
  /** What tells it from others of the principal (`readerText`). */
  readonly reader: string;
  /** Milliseconds since the epoch, as all times; null for credentials that don't expire. */
  readonly expiresAt: number | null;
  readonly from: number;
  readonly until: number;
}

/** The last of a reader's reads may have been so much later than what is noted. */
export const readStride = 60_000;

const notedMax = 50_000;
const none: readonly NotedRead[] = [];

interface Read extends AuditEvent {
  readonly identity: AuditIdentity;
  readonly versionId: string;
}

/** What an identity read of a secret last: mostly it reads the same again. */
interface LastRead {
  readonly versionId: string;
  readonly accessKeyId: string;
  readonly sourceAddress: string;
  /** When that was written down. */
  readonly at: number;
}

/** Takes notes of one chain's groups, and remembers those it took lately. */
export class ReadNotes {
  /** Of callers that are known elsewhere: one that changes is another, again and again. */
  #last = new WeakMap<AuditIdentity, Map<string, LastRead>>();
  /** When each row was written down last. */
  readonly #written = new Map<string, number>();

  /** They are taken as written: call `forget` where they could not be. */
  of(events: readonly AuditEvent[]): readonly NotedRead[] {
    if (this.#written.size > notedMax) this.forget();
    let notes: Map<string, NotedRead> | undefined;
    for (const event of events) {
      if (!isRead(event) || this.#isWritten(event)) continue;
      const read = readOf(event);
      const { secret, versionId, principal, reader, from } = read;
      const row = [secret, versionId, principal, reader].join("\n");
      const noted = notes?.get(row);
      const isWritten = from < (this.#written.get(row) ?? 0) + readStride;
      if (isWritten && noted === undefined) continue;
      this.#written.set(row, from);
      notes ??= new Map();
      notes.set(row, noted === undefined ? read : merged(noted, read));
    }
    return notes === undefined ? none : [...notes.values()];
  }

  forget(): void {
    this.#last = new WeakMap();
    this.#written.clear();
  }

  #isWritten({ identity, resources, versionId, accessKeyId, sourceAddress, time }: Read): boolean {
    const [secret = ""] = resources;
    let ofIdentity = this.#last.get(identity);
    if (ofIdentity === undefined) {
      ofIdentity = new Map();
      this.#last.set(identity, ofIdentity);
    }
    const last = ofIdentity.get(secret);
    const isWritten =
      last !== undefined &&
      last.versionId === versionId &&
      last.accessKeyId === accessKeyId &&
      last.sourceAddress === sourceAddress &&
      time < last.at + readStride;
    if (!isWritten) ofIdentity.set(secret, { versionId, accessKeyId, sourceAddress, at: time });
    return isWritten;
  }
}

/** A value that went out to somebody who uses it. References and batches have such events too. */
function isRead(event: AuditEvent): event is Read {
  return (
    event.operation === "GetSecretValue" &&
    event.service === "secretsmanager" &&
    event.errorCode === undefined &&
    event.versionId !== undefined &&
    event.resources.length > 0 &&
    event.identity !== undefined &&
    event.identity.isRotation === undefined
  );
}

function readOf({ identity, resources, versionId, accessKeyId, sourceAddress, time }: Read) {
  const [secret = ""] = resources;
  const { arn, sessionIssuerArn } = identity;
  const sessionName =
    sessionIssuerArn === undefined ? undefined : arn.slice(arn.lastIndexOf("/") + 1);
  const at = Math.round(time);
  return {
    secret,
    versionId,
    principal: sessionIssuerArn ?? arn,
    reader: readerText({ sessionName, accessKeyId, sourceAddress }),
    expiresAt: expiryOf(identity) ?? null,
    from: at,
    until: at,
  };
}

function merged(one: NotedRead, other: NotedRead): NotedRead {
  const [from, until] = [Math.min(one.from, other.from), Math.max(one.until, other.until)];
  return { ...one, from, until };
}

/** The longest that sessions live: a role's, and a user's or the root's own. */
const roleSessionMax = 12 * 3_600_000;
const ownSessionMax = 36 * 3_600_000;

/** Events from before it was kept tell only when the session began. */
function expiryOf({ type, sessionIssuedAt, sessionExpiresAt }: AuditIdentity): number | undefined {
  if (sessionExpiresAt !== undefined || sessionIssuedAt === undefined) return sessionExpiresAt;
  return sessionIssuedAt + (type === "AssumedRole" ? roleSessionMax : ownSessionMax);
}

export interface ReaderParts {
  readonly sessionName: string | undefined;
  readonly accessKeyId: string;
  readonly sourceAddress: string;
}

/** "" stands for all the sessions of a principal that are over (`sql/retention.ts`). */
export function readerText({ sessionName, accessKeyId, sourceAddress }: ReaderParts): string {
  return JSON.stringify([accessKeyId, sourceAddress, ...(sessionName ? [sessionName] : [])]);
}

export function readerParts(text: string): ReaderParts {
  const [accessKeyId = "", sourceAddress = "", sessionName] =
    text === "" ? [] : (JSON.parse(text) as string[]);
  return { accessKeyId, sourceAddress, sessionName };
}
