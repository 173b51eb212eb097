/**
 * A group of events as it lies in the database: one row with its place in the chain and its lines,
 * and the notes of where it is to be found.
 */
import { type Chain, type Head, nextHead } from "./chain.ts";
import { type Fields, places } from "./line.ts";
import { packLines } from "./packed-lines.ts";
import type { Notes, Sightings } from "./sightings.ts";

/** Events that will be committed together. */
export interface GatheredGroup {
  /** Joined by ",\n". */
  readonly lines: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly committedAt: number;
}

export interface Group {
  readonly chain: Chain;
  readonly number: number;
  /** The position of its first event. */
  readonly first: number;
  readonly count: number;
  readonly committedAt: number;
  /** The times of its earliest and its latest event. */
  readonly from: number;
  readonly until: number;
  readonly hash: string;
  readonly lines: Uint8Array;
}

export interface ChainedGroup {
  readonly group: Group;
  readonly notes: Notes;
  /** The chain's head with the group. */
  readonly head: Head;
}

export function chained(
  chain: Chain,
  previous: Head,
  gathered: GatheredGroup,
  sightings: Sightings,
): ChainedGroup {
  const { lines, count, committedAt } = gathered;
  const events = JSON.parse(`[${lines}]`) as Fields[];
  const head = nextHead(previous, gathered);
  const { number, hash } = head;
  const group = { chain, number, first: previous.nextPosition, count, committedAt, hash };
  return {
    group: { ...group, ...timesOf(events), lines: packLines(lines) },
    notes: sightings.notesOf(events),
    head,
  };
}

export function timesOf(events: readonly Fields[]): { from: number; until: number } {
  let from = Number.MAX_SAFE_INTEGER;
  let until = 0;
  for (const fields of events) {
    const time = fields[places.time] as number;
    if (time < from) from = time;
    if (time > until) until = time;
  }
  return { from, until };
}
