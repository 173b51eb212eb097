/**
 * Verifies a trail from its evidence alone: every event is as it was when its group was committed,
 * none is missing, added or moved, the signed heads were signed by a key that the verifier trusts,
 * and every chain that one of them saw is there. What was appended after the last signed head is
 * held together by the chain only.
 */
import { createPublicKey, verify } from "node:crypto";
import {
  type Chain,
  type Claim,
  chainName,
  chainOf,
  embedded,
  genesisOf,
  type Head,
  nextHead,
  signedBytes,
} from "./chain.ts";
import type { Evidence, GroupEvidence, HeadEvidence } from "./evidence.ts";
import { SeenChains } from "./seen-chains.ts";

export interface Verification {
  /** Undefined if the trail is whole; else the first group that is not, and what is wrong. */
  readonly broken: Break | undefined;
  /** In all chains together. */
  readonly events: number;
  readonly chains: readonly VerifiedChain[];
}

export interface Break {
  readonly chain: string;
  readonly group: number;
  readonly reason: string;
}

export interface VerifiedChain {
  readonly name: string;
  readonly events: number;
  /** The last group that a signed head covers; 0 while none does. */
  readonly signedUpTo: number;
  /** Where the chain ends: compare it with a head that was kept elsewhere. */
  readonly head: Head;
}

/** The public key, SubjectPublicKeyInfo in DER, that the verifier trusts under this id. */
export type TrustedKeys = (keyId: string) => Buffer | undefined;

export async function verifyTrail(
  evidence: AsyncIterable<Evidence> | Iterable<Evidence>,
  trustedKeys: TrustedKeys,
): Promise<Verification> {
  const seen = new SeenChains();
  const walks: ChainWalk[] = [];
  let broken: Break | undefined;
  for await (const record of evidence) {
    if (record.type === "chain") {
      const chain = chainOf(record.name);
      const isNew = chain !== undefined && !walks.some((walk) => walk.chain === chain);
      if (!isNew) broken ??= { chain: record.name, group: 1, reason: "no chain has this name" };
      walks.push(new ChainWalk(chain ?? embedded, new Set(record.seenAt)));
      continue;
    }
    const walk = walks.at(-1) ?? new ChainWalk(embedded, new Set());
    if (walks.length === 0) walks.push(walk);
    if (broken?.chain === walk.name) continue;
    const problem = walk.take(record, trustedKeys);
    if (problem !== undefined) broken ??= { chain: walk.name, ...problem };
    else if (record.type === "head") seen.note(walk.name, record.seen);
  }
  return {
    broken: broken ?? seen.problem(walks),
    events: walks.reduce((sum, { events }) => sum + events, 0),
    chains: walks.map(({ name, events, signedUpTo, head }) => ({ name, events, signedUpTo, head })),
  };
}

type Problem = Omit<Break, "chain">;

/** Follows one chain from its beginning. */
class ChainWalk {
  readonly chain: Chain;
  readonly name: string;
  /** The hashes of the groups that others saw. */
  readonly hashes = new Map<number, string>();
  head: Head;
  events = 0;
  signedUpTo = 0;
  /** What retention removed, whose hashes are not known any more. */
  removedUpTo = 0;
  readonly #seenAt: ReadonlySet<number>;

  constructor(chain: Chain, seenAt: ReadonlySet<number>) {
    this.chain = chain;
    this.name = chainName(chain);
    this.head = genesisOf(chain);
    this.#seenAt = seenAt;
  }

  /** What is wrong with the next record; undefined if nothing is. */
  take(record: GroupEvidence | HeadEvidence, trustedKeys: TrustedKeys): Problem | undefined {
    const problem =
      record.type === "group" ? this.#takeGroup(record) : this.#takeHead(record, trustedKeys);
    const { number, hash } = this.head;
    if (this.#seenAt.has(number)) this.hashes.set(number, hash);
    return problem;
  }

  #takeGroup(group: GroupEvidence): Problem | undefined {
    const reason = groupProblem(group, this.head);
    if (reason !== undefined) return { group: this.head.number + 1, reason };
    this.head = nextHead(this.head, { ...group, lines: group.lines.join(",\n") });
    if (this.head.hash !== group.hash) {
      return { group: this.head.number, reason: "its events are not those that were hashed" };
    }
    this.events += group.count;
    return undefined;
  }

  #takeHead(signed: HeadEvidence, trustedKeys: TrustedKeys): Problem | undefined {
    const isCheckpoint = signed.type === "checkpoint";
    if (isCheckpoint && this.head.number > 0) {
      return { group: this.head.number, reason: "a checkpoint lies within the chain" };
    }
    const start = isCheckpoint ? signed : this.head;
    const reason = signatureProblem(this.chain, signed, start, trustedKeys);
    if (reason !== undefined) return { group: signed.number, reason };
    const { number, hash, nextPosition } = start;
    this.head = { number, hash, nextPosition };
    this.signedUpTo = number;
    if (isCheckpoint) this.removedUpTo = number;
    return undefined;
  }
}

function groupProblem(group: GroupEvidence, head: Head): string | undefined {
  if (group.number !== head.number + 1) {
    return `it is missing: group ${group.number} follows group ${head.number}`;
  }
  if (group.first !== head.nextPosition) {
    return `it begins at event ${group.first}, not ${head.nextPosition}`;
  }
  if (group.lines.length !== group.count) {
    return `it holds ${group.lines.length} events, not ${group.count}`;
  }
  return undefined;
}

function signatureProblem(
  chain: Chain,
  signed: HeadEvidence,
  head: Head,
  trustedKeys: TrustedKeys,
): string | undefined {
  const claim: Claim = signed.type;
  const { number, hash, nextPosition } = signed;
  if (number !== head.number || hash !== head.hash || nextPosition !== head.nextPosition) {
    return `the ${claim} signed for it is of another chain`;
  }
  const key = trustedKeys(signed.keyId);
  if (key === undefined) return `its ${claim} is signed with the unknown key ${signed.keyId}`;
  const publicKey = createPublicKey({ key, format: "der", type: "spki" });
  const signature = Buffer.from(signed.signature, "base64");
  // Base64 has spare bits and forgives much, so its text is compared too.
  const isGenuine =
    signature.toString("base64") === signed.signature &&
    verify(null, signedBytes(claim, chain, signed), publicKey, signature);
  return isGenuine ? undefined : `the signature of its ${claim} is not genuine`;
}
