/**
 * Who used which action last, and where. Each use is kept once and sighted like a name
 * (`sightings.ts`): a report then reads one small row for each action that somebody ever used,
 * however long ago and however busy the vault was since.
 */
import type { LastUse } from "./event.ts";
import { type Fields, places } from "./line.ts";

export interface Use {
  /** The account, and the unique id of the user, role or long-term key. */
  readonly user: string;
  /** Service, region and operation. */
  readonly action: string;
}

const identitiesRememberedMax = 1000;
/** Of each identity: the unique id of the user or role, or the account id of the root. */
const userIds = new Map<string, string>();

/** What a service, a region and an operation may look like; others are uses of nothing. */
const plainWord = /^[\w.-]{1,128}$/;

/** An event's use: once for its caller and once for a long-term access key. */
export function usesOf(fields: Fields): Use[] {
  const identity = fields[places.identity] as string | null;
  if (identity === null) return [];
  const [account = "", region = ""] = (fields[places.scope] as string).split("/");
  const words = [fields[places.service], region, fields[places.operation]] as string[];
  if (!words.every((word) => plainWord.test(word))) return [];
  const action = words.join(" ");
  const key = fields[places.access_key_id] as string;
  const ids = key.startsWith("AKIA") ? [userIdOf(identity), key] : [userIdOf(identity)];
  return ids.map((id) => ({ user: userOf(account, id), action }));
}

export function userOf(accountId: string, userId: string): string {
  return `${accountId} ${userId}`;
}

/** The use that is noted as this action, at a time in milliseconds since the epoch. */
export function lastUse(action: string, time: number): LastUse {
  const [service = "", region = "", operation = ""] = action.split(" ");
  return { service, operation, region, time };
}

function userIdOf(identity: string): string {
  let id = userIds.get(identity);
  if (id === undefined) {
    const [, , principalId] = JSON.parse(identity) as [string, string, string];
    id = principalId.split(":")[0] ?? "";
    if (userIds.size >= identitiesRememberedMax) userIds.clear();
    userIds.set(identity, id);
  }
  return id;
}
