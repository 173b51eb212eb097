/** A group of events as it lies in the database: one row with its place in the chain and its lines. */
import { type Chain, type Head, nextHead } from "./chain.ts";
import { packLines } from "./packed-lines.ts";
import type { Notes } from "./sightings.ts";

/** Events that will be committed together. */
export interface GatheredGroup {
  /** Joined by ",\n". */
  readonly lines: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly committedAt: number;
  readonly notes: Notes;
}

export interface Group {
  readonly chain: Chain;
  readonly number: number;
  /** The position of its first event. */
  readonly first: number;
  readonly count: number;
  readonly committedAt: number;
  readonly hash: string;
  /** Packed. */
  readonly lines: Uint8Array;
  readonly notes: Notes;
}

/** The group as the chain's next one, and the head that the chain has with it. */
export function chained(
  chain: Chain,
  previous: Head,
  gathered: GatheredGroup,
): { group: Group; head: Head } {
  const { lines, count, committedAt, notes } = gathered;
  const head = nextHead(previous, gathered);
  const { number, hash } = head;
  const place = { chain, number, first: previous.nextPosition, hash };
  return { group: { ...place, count, committedAt, lines: packLines(lines), notes }, head };
}
