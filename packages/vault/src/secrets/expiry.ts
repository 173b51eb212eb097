/**
 * When the token inside a secret ends, by the secret's tag `claviger:expires-at`: what any provider
 * gives with an expiring token. It is announced 7 days and 1 day before and when it has come; the
 * secret itself stays.
 */
import { invalidParameter } from "./errors.ts";
import type { SecretRecord } from "./records.ts";

export const expiryTag = "claviger:expires-at";

const dayMilliseconds = 86_400_000;
const announcedBefore = [7 * dayMilliseconds, dayMilliseconds, 0];

/** The last announcement that was made, and of which end. */
export interface Announced {
  readonly endsAt: number;
  readonly moment: number;
}

type Announcing = Pick<SecretRecord, "tags" | "announced">;

/** Throws for an end that is no time: it would never be announced, and nobody would notice. */
export function checkExpiry(tags: Readonly<Record<string, string>>): void {
  if (tags[expiryTag] === undefined || endOf({ tags }) !== undefined) return;
  throw invalidParameter(
    `The value of the tag ${expiryTag} must be a time as RFC 3339 has it: 2027-03-31T12:00:00Z.`,
  );
}

/** The next moment at which something is to be announced; undefined where all is said. */
export function nextAnnouncement(record: Announcing): number | undefined {
  return openMoments(record)[0];
}

/** What is to be announced now. Of moments that passed unused, only the last: it says the most. */
export function dueAnnouncement(record: Announcing, now: number): Announced | undefined {
  const endsAt = endOf(record);
  const moment = openMoments(record).findLast((at) => at <= now);
  return endsAt === undefined || moment === undefined ? undefined : { endsAt, moment };
}

function openMoments(record: Announcing): readonly number[] {
  const endsAt = endOf(record);
  if (endsAt === undefined) return [];
  const { announced } = record;
  const until = announced?.endsAt === endsAt ? announced.moment : Number.NEGATIVE_INFINITY;
  return announcedBefore.map((before) => endsAt - before).filter((moment) => moment > until);
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function endOf({ tags }: Pick<Announcing, "tags">): number | undefined {
  const [text, day] = rfc3339.exec(tags[expiryTag] ?? "") ?? [];
  if (text === undefined || day === undefined) return undefined;
  const time = Date.parse(text);
  // JavaScript takes the 30th of February for the 2nd of March.
  const isDay = new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) === true;
  return isDay && !Number.isNaN(time) ? time : undefined;
}
