/**
 * One request as the audit trail keeps it: compact typed columns, no values. The CloudTrail JSON
 * is rendered from it when somebody looks (`render.ts`).
 */

export interface AuditEvent {
  /** UUID; CloudTrail's eventID. */
  readonly eventId: string;
  readonly requestId: string;
  /** Milliseconds since the epoch, when the request arrived. */
  readonly time: number;
  /** "secretsmanager"; eventSource is `${service}.amazonaws.com`. Empty if it can't be told. */
  readonly service: string;
  /** "GetSecretValue"; CloudTrail's eventName. Empty if the request names none. */
  readonly operation: string;
  readonly isReadOnly: boolean;
  readonly accountId: string;
  readonly region: string;
  /** undefined when authentication failed. */
  readonly identity: AuditIdentity | undefined;
  /** As claimed by the request, also where authentication failed. */
  readonly accessKeyId: string;
  readonly sourceAddress: string;
  readonly userAgent: string;
  /** ARNs the request was about; the first is the one that LookupEvents finds it by. */
  readonly resources: readonly string[];
  /** Lower camel case, values omitted. undefined where the request could not be decoded. */
  readonly requestParameters: unknown;
  /** null on reads, as CloudTrail has it. */
  readonly responseElements: unknown;
  /** AWS's code; shared ones in CloudTrail's spelling, as AccessDenied. */
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  /** What the reply to a denial carried behind its message: sts:DecodeAuthorizationMessage. */
  readonly encodedAuthorizationMessage: string | undefined;
  /** The version a read resolved to: CloudTrail lacks it; it goes to additionalEventData. */
  readonly versionId: string | undefined;
  readonly latencyMicroseconds: number;
  /** More than one where failed authentications were coalesced. */
  readonly count: number;
}

export interface AuditIdentity {
  readonly type: "Root" | "IAMUser" | "AssumedRole" | "AWSService" | "WebIdentityUser";
  readonly arn: string;
  /** AIDA…, AROA…:session, or the account id for the root. */
  readonly principalId: string;
  readonly accountId: string;
  /** The role behind an assumed-role session, with its path. */
  readonly sessionIssuerArn: string | undefined;
  /** Milliseconds since the epoch. */
  readonly sessionIssuedAt: number | undefined;
  /** The same; undefined also in events from before it was kept. */
  readonly sessionExpiresAt?: number | undefined;
  /** A rotation's own session: what it reads, nobody uses. */
  readonly isRotation?: true | undefined;
  /** Of a web identity, whose `arn` is its provider's. */
  readonly webIdentitySubject?: string | undefined;
  /** What the session, or the one it was made by, was told about who is behind it. */
  readonly sourceIdentity?: string | undefined;
}

/** How LookupEvents narrows: one attribute at a time, as CloudTrail. */
export type AuditAttribute =
  | "EventId"
  | "EventName"
  | "ReadOnly"
  | "Username"
  | "ResourceType"
  | "ResourceName"
  | "EventSource"
  | "AccessKeyId";

export interface AuditQuery {
  readonly accountId: string;
  readonly region: string;
  /** Milliseconds since the epoch, inclusive. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  readonly attribute?: { readonly key: AuditAttribute; readonly value: string } | undefined;
  readonly limit: number;
  /** From the previous page. */
  readonly before?: string | undefined;
}

export interface AuditPage {
  /** Newest first. */
  readonly events: readonly AuditEvent[];
  /** Give it back as `before`; undefined on the last page. */
  readonly next: string | undefined;
}

export interface UseQuery {
  readonly accountId: string;
  /** The unique id of a user or role, an account's id for its root, or a long-term access key's. */
  readonly userId: string;
  /** Milliseconds since the epoch: later uses don't count. */
  readonly until: number;
}

/** When somebody last asked for an action in a region, allowed or not. */
export interface LastUse {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  /** Milliseconds since the epoch, up to two seconds early. */
  readonly time: number;
}

export interface SecretReadsQuery {
  readonly secretArn: string;
  /** Milliseconds since the epoch: who read later than that. */
  readonly since: number;
  /** Leaves out readers whose credentials expired before then. */
  readonly expiresAfter?: number | undefined;
  readonly limit: number;
}

/** What a reader read of a secret's version. Times are milliseconds since the epoch. */
export interface SecretRead {
  readonly versionId: string;
  /** Of the role, user or root. */
  readonly principalArn: string;
  readonly sessionName: string | undefined;
  /**
   * Together with the address it tells a reader from the others of its principal. Both are empty
   * for all of its sessions that expired more than a day ago.
   */
  readonly accessKeyId: string;
  readonly sourceAddress: string;
  readonly firstReadAt: number;
  /** Up to a minute early. */
  readonly lastReadAt: number;
  /** undefined for credentials that don't expire. */
  readonly expiresAt: number | undefined;
}

export interface AuditLog {
  /**
   * Resolves when the event is durable; rejects if it can't be, and then the request fails.
   * Events of requests that are under way together are committed as one group.
   */
  append(event: AuditEvent): Promise<void>;
  query(query: AuditQuery): Promise<AuditPage>;
  /** The last use of each action that the trail still knows of, in no order. */
  lastUses(query: UseQuery): Promise<readonly LastUse[]>;
  /** Who read a secret, newest first. No read is missing that was answered before this. */
  secretReads(query: SecretReadsQuery): Promise<readonly SecretRead[]>;
  /** Why the log can't be written, or undefined while all is well. For `/health`. */
  readonly trouble: string | undefined;
  /** Signs the head, commits what waits, closes. */
  close(): Promise<void>;
}
