/**
 * The evidence of a trail, chain by chain and group by group: what is verified, copied to another
 * database, or written to a file, one record a line of JSON.
 */
import type { Queries } from "../postgres/database.ts";
import {
  type Chain,
  type Claim,
  chainName,
  embedded,
  type SeenHead,
  type SignedHead,
} from "./chain.ts";
import { splitLines, unpackLines } from "./packed-lines.ts";
import type { SignedRow } from "./sql/heads.ts";
import { allChains, checkpointOf, groupsAfter, headsBetween, seenAfter } from "./sql/statements.ts";

export type Evidence = ChainEvidence | HeadEvidence | GroupEvidence;

/** What follows is of this chain: the checkpoint that retention left, if any, groups and heads. */
export interface ChainEvidence {
  readonly type: "chain";
  readonly name: string;
  /** The numbers of those of its groups that other chains' heads name. */
  readonly seenAt: readonly number[];
}

/** A head stands behind the group that it was signed for. */
export interface HeadEvidence extends SignedHead {
  readonly type: Claim;
}

export interface GroupEvidence {
  readonly type: "group";
  readonly number: number;
  readonly first: number;
  readonly count: number;
  readonly committedAt: number;
  readonly hash: string;
  /** None where they can't be read. */
  readonly lines: readonly string[];
}

/** Stands for what another chain was seen as, where that can't be read. */
const unreadable: SeenHead = { chain: embedded, number: 0, hash: "" };

const groupsAtOnce = 64;

/** A head is signed every minute by every node: a database answers for so many in good time. */
const headsAtOnce = 1000;

interface GroupRow extends Omit<GroupEvidence, "type" | "lines"> {
  readonly lines: Uint8Array;
}

interface SeenRow {
  readonly chain: Chain;
  readonly number: number;
  /** JSON. */
  readonly seen: string;
}

/** The trail as these queries see it: give them a snapshot of a database that is written to. */
export async function* evidenceOf(queries: Queries): AsyncGenerator<Evidence> {
  const seenAt = await placesSeen(queries);
  for (const { chain } of await queries.all<{ chain: Chain }>(allChains)) {
    yield { type: "chain", name: chainName(chain), seenAt: [...(seenAt.get(chain) ?? [])] };
    yield* evidenceOfChain(queries, chain);
  }
}

async function* evidenceOfChain(queries: Queries, chain: Chain): AsyncGenerator<Evidence> {
  for (const row of await queries.all<SignedRow>(checkpointOf, [chain])) {
    yield signed("checkpoint", row);
  }
  let signedBefore = Number.MIN_SAFE_INTEGER;
  let number = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const groups = await queries.all<GroupRow>(groupsAfter, [chain, number, groupsAtOnce]);
    const next = groups.at(-1)?.number ?? Number.MAX_SAFE_INTEGER;
    const heads = await queries.all<SignedRow>(headsBetween, [chain, signedBefore, next]);
    let head = 0;
    for (const group of groups) {
      for (; (heads[head]?.number ?? next) < group.number; head++) {
        yield signed("head", heads[head] as SignedRow);
      }
      yield { type: "group", ...group, lines: linesOf(group.lines) };
    }
    for (const row of heads.slice(head)) yield signed("head", row);
    if (groups.length === 0) return;
    signedBefore = next;
    number = next;
  }
}

/** Of each chain the groups that heads of others name. */
async function placesSeen(queries: Queries): Promise<Map<Chain, Set<number>>> {
  const places = new Map<Chain, Set<number>>();
  let [after, number] = [Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  for (;;) {
    const heads = await queries.all<SeenRow>(seenAfter, [after, number, headsAtOnce]);
    for (const head of heads) {
      for (const { chain, number } of seenHeads(head.seen)) {
        places.set(chain, (places.get(chain) ?? new Set()).add(number));
      }
      ({ chain: after, number } = head);
    }
    if (heads.length < headsAtOnce) return places;
  }
}

function signed(type: Claim, { seen, ...row }: SignedRow): HeadEvidence {
  return { type, ...row, seen: seenHeads(seen) };
}

/** No signature covers what is not as it was written. */
function seenHeads(text: string): readonly SeenHead[] {
  try {
    const seen = JSON.parse(text) as SeenHead[];
    if (JSON.stringify(seen) === text) return seen;
  } catch {
    // As if it were another text.
  }
  return [unreadable];
}

function linesOf(packed: Uint8Array): string[] {
  try {
    return splitLines(unpackLines(packed));
  } catch {
    return [];
  }
}
