/**
 * Who used which action last, and where. Each use is kept once and sighted like a name
 * (`sightings.ts`): a report then reads one small row for each action that somebody ever used,
 * however long ago and however busy the vault was since.
 */
import type { AuditEvent, LastUse } from "./event.ts";

export interface Use {
  /** The account, and the unique id of the user, role or long-term key. */
  readonly user: string;
  /** Service, region and operation. */
  readonly action: string;
}

/** What a service, a region and an operation may look like; others are uses of nothing. */
const plainWord = /^[\w.-]{1,128}$/;

/** An event's use: once for its caller and once for a long-term access key. */
export function usesOf(event: AuditEvent): Use[] {
  const { identity, accountId, service, region, operation, accessKeyId } = event;
  const words = [service, region, operation];
  if (identity === undefined || !words.every((word) => plainWord.test(word))) return [];
  const action = words.join(" ");
  // Of a session, the role's; of the root, the account's id.
  const [id = ""] = identity.principalId.split(":");
  const ids = accessKeyId.startsWith("AKIA") ? [id, accessKeyId] : [id];
  return ids.map((each) => ({ user: userOf(accountId, each), action }));
}

export function userOf(accountId: string, userId: string): string {
  return `${accountId} ${userId}`;
}

/** The use that is noted as this action, at a time in milliseconds since the epoch. */
export function lastUse(action: string, time: number): LastUse {
  const [service = "", region = "", operation = ""] = action.split(" ");
  return { service, operation, region, time };
}
