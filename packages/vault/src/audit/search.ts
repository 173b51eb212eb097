/**
 * Finds events newest first, group by group. A query looks at a bounded number of events, so that
 * no search stalls the vault: a page may hold fewer events than asked for and still have a next
 * one, which CloudTrail's clients know to follow. A page goes on exactly where the one before
 * ended, whatever was written since; within two seconds, groups are told one after the other.
 */
import { ApiError } from "../errors.ts";
import type { Queries } from "../postgres/database.ts";
import type { AuditPage, AuditQuery } from "./event.ts";
import { eventOf, type Fields } from "./line.ts";
import { splitLines, unpackLinesAside } from "./packed-lines.ts";
import { type Narrowing, narrowingOf } from "./search-narrowing.ts";
import { stretchOf } from "./sightings.ts";
import { groupsBefore, sightedGroupsBefore } from "./sql/statements.ts";

const eventsLookedAtMax = 10_000;

/** How many groups are read at a time: few at first, since they mostly hold what is wanted. */
const groupsReadFirst = 4;
const groupsReadMax = 64;

/** The groups behind a place in the order of stretches, chains and numbers, newest first. */
interface Place {
  readonly stretch: number;
  readonly chain: number;
  readonly number: number;
  /** How many of the first group's events, newest first, were told already. */
  readonly skip: number;
}

interface FoundGroup {
  readonly stretch: number;
  readonly chain: number;
  readonly number: number;
  readonly count: number;
  readonly lines: Uint8Array;
}

interface FoundEvent {
  readonly time: number;
  readonly fields: Fields;
}

export async function search(queries: Queries, query: AuditQuery): Promise<AuditPage> {
  const narrowing = narrowingOf(query);
  let place = query.before === undefined ? startOf(narrowing) : placeFrom(query.before);
  if (narrowing.isEmpty) return { events: [], next: undefined };
  const found: FoundEvent[] = [];
  let lookedAt = 0;
  for (let limit = groupsReadFirst; ; limit = Math.min(limit * 4, groupsReadMax)) {
    const groups = await groupsBehind(queries, narrowing, place, limit);
    const texts = await Promise.all(groups.map(({ lines }) => unpackLinesAside(lines).catch(none)));
    for (const [index, group] of groups.entries()) {
      const { stretch, chain, number } = group;
      const events = matching(texts[index] as string, stretch, narrowing).slice(place.skip);
      const wanted = query.limit - found.length;
      found.push(...events.slice(0, wanted));
      if (events.length > wanted) {
        return pageOf(found, { stretch, chain, number: number + 1, skip: place.skip + wanted });
      }
      place = { stretch, chain, number, skip: 0 };
      lookedAt += group.count;
      if (lookedAt >= eventsLookedAtMax) return pageOf(found, place);
    }
    if (groups.length < limit) return pageOf(found);
  }
}

function groupsBehind(
  queries: Queries,
  { from, sighted }: Narrowing,
  { stretch, chain, number }: Place,
  limit: number,
): Promise<readonly FoundGroup[]> {
  const values = [stretchOf(from), stretch, chain, number, limit];
  return sighted === undefined
    ? queries.all<FoundGroup>(groupsBefore, values)
    : queries.all<FoundGroup>(sightedGroupsBefore, [...values, sighted]);
}

/** The events of a group that lie in a stretch of time and are wanted, newest first. */
function matching(text: string, stretch: number, narrowing: Narrowing): FoundEvent[] {
  if (!narrowing.mayHold(text)) return [];
  const found: FoundEvent[] = [];
  for (const line of splitLines(text)) {
    // The time stands first, so most lines need not be parsed.
    const time = Number.parseInt(line.slice(1), 10);
    if (stretchOf(time) !== stretch || time < narrowing.from || time > narrowing.until) continue;
    if (!narrowing.mayHold(line)) continue;
    const fields = JSON.parse(line) as Fields;
    if (narrowing.holds(fields)) found.push({ time, fields });
  }
  return found.reverse().sort((a, b) => b.time - a.time);
}

function pageOf(found: readonly FoundEvent[], next?: Place): AuditPage {
  const newestFirst = found.toSorted((a, b) => b.time - a.time);
  return {
    events: newestFirst.map(({ fields }) => eventOf(fields)),
    next: next && [next.stretch, next.chain, next.number, next.skip].join("."),
  };
}

function startOf({ until }: Narrowing): Place {
  const last = Number.MAX_SAFE_INTEGER;
  return { stretch: stretchOf(until), chain: last, number: last, skip: 0 };
}

function placeFrom(text: string): Place {
  const parts = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(text);
  if (parts === null) {
    throw new ApiError(
      "InvalidNextTokenException",
      "A token that is not valid, or a token that was previously used in a request with " +
        "different parameters.",
    );
  }
  const [, stretch, chain, number, skip] = parts.map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { stretch, chain, number, skip };
}

/** A damaged group has nothing to tell here; whoever verifies the trail is told of it. */
function none(): string {
  return "";
}
