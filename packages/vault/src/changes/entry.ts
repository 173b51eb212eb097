/** What the feed keeps: what happened to a secret or parameter, or was announced; never a value. */
import type { Notice } from "../notices.ts";
import type { Scope } from "../scope.ts";
import type { SecretPolicy } from "../secrets/records.ts";
import { type Append, table } from "../storage/storage.ts";

/** What happened to a secret or a parameter. */
export interface ChangeEntry {
  readonly event: "change";
  readonly arn: string;
  readonly name: string;
  readonly type: "secret" | "parameter";
  readonly kind: "created" | "updated" | "stages" | "deleted" | "revoked" | "policy";
  /** A secret's version id or a parameter's number: the version that the change is about. */
  readonly version?: string | number | undefined;
  /** The labels that `version` of a secret has after the change. */
  readonly stages?: readonly string[] | undefined;
  /** The same of a parameter. */
  readonly labels?: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The resource's at that time: what is gone is authorised by them. No reader is sent them. */
  readonly tags: Readonly<Record<string, string>>;
  /** The secret had a policy of its own, so only who hears of it with that policy may. */
  readonly isPolicyBound?: true | undefined;
  /** That policy, where the record is gone. */
  readonly policy?: SecretPolicy | undefined;
}

/** A moment that has come. */
export interface NoticeEntry extends Notice {
  readonly event: "notice";
}

export type FeedEntry = ChangeEntry | NoticeEntry;

/** What one commit did. The row's key is the change counter. */
export interface CommittedEntries {
  readonly time: number;
  readonly entries: readonly FeedEntry[];
}

export const changesTable = table<CommittedEntries>("changes");

/** Keeps entries with the commit that they travel in. */
export function appendEntries(time: number, entries: readonly FeedEntry[]): Append {
  return { type: "append", table: changesTable, body: { time, entries } };
}

/** `arn:aws:SERVICE:REGION:ACCOUNT:…` */
export function scopeOf({ arn }: FeedEntry): Scope {
  const [, , , region = "", accountId = ""] = arn.split(":", 5);
  return { accountId, region };
}
