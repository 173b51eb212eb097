/** Where the chains are: their ends, what is signed of them, and the writing of signed heads. */
import type { Queries } from "../../postgres/database.ts";
import { type Chain, genesisOf, type Head, type SeenHead, type SignedHead } from "../chain.ts";
import type { Write } from "../store.ts";
import {
  checkpointOf,
  keepCheckpoint,
  keepHead,
  knownChains,
  lastGroup,
  lastSigned,
} from "./statements.ts";

/** A signed head as its row has it. */
export interface SignedRow extends Omit<SignedHead, "seen"> {
  /** JSON. */
  readonly seen: string;
}

export async function headOf(queries: Queries, chain: Chain): Promise<Head> {
  const [group] = await queries.all<Head>(lastGroup, [chain]);
  if (group !== undefined) return group;
  const [checkpoint] = await queries.all<Head>(checkpointOf, [chain]);
  return checkpoint ?? genesisOf(chain);
}

/** The ends of all chains but one. */
export async function headsBeside(queries: Queries, own: Chain): Promise<readonly SeenHead[]> {
  const seen: SeenHead[] = [];
  for (const { chain } of await queries.all<{ chain: Chain }>(knownChains)) {
    if (chain === own) continue;
    const { number, hash } = await headOf(queries, chain);
    if (number > 0) seen.push({ chain, number, hash });
  }
  return seen;
}

/** The last group that a signed head of the chain covers; 0 while none does. */
export async function signedUpTo(queries: Queries, chain: Chain): Promise<number> {
  const [signed] = await queries.all<{ number: number }>(lastSigned, [chain]);
  return signed?.number ?? 0;
}

export function keepingHead(chain: Chain, head: SignedHead): Write {
  return { statement: keepHead, values: signedValues(chain, head) };
}

export function keepingCheckpoint(chain: Chain, head: SignedHead): Write {
  return { statement: keepCheckpoint, values: signedValues(chain, head) };
}

function signedValues(chain: Chain, head: SignedHead): (string | number)[] {
  const { number, hash, nextPosition, signedAt, keyId, seen, signature } = head;
  return [chain, number, hash, nextPosition, signedAt, keyId, JSON.stringify(seen), signature];
}
