/**
 * Verifies a trail from its evidence alone: every event is as it was when its group was committed,
 * none is missing, added or moved, and the signed heads were signed by a key that the verifier
 * trusts. What was appended after the last signed head is held together by the chain only.
 */
import { createPublicKey, verify } from "node:crypto";
import { type Claim, genesis, type Head, nextHead, type SignedHead, signedBytes } from "./chain.ts";

/**
 * A trail in its order: the checkpoint that retention left, if any; then groups and the heads
 * signed behind them. One record a line of JSON is what an exported bundle holds.
 */
export type Evidence =
  | ({ readonly type: Claim } & SignedHead)
  | {
      readonly type: "group";
      readonly number: number;
      readonly first: number;
      readonly count: number;
      readonly committedAt: number;
      readonly hash: string;
      readonly lines: readonly string[];
    }
  /** Events that lie in no group. */
  | { readonly type: "stray"; readonly events: number };

export interface Verification {
  /** Undefined if the trail is whole; else the first group that is not, and what is wrong. */
  readonly broken: { readonly group: number; readonly reason: string } | undefined;
  readonly events: number;
  /** The last group that a signed head covers; 0 while none does. */
  readonly signedUpTo: number;
  /** Where the chain ends: compare it with a head that was kept elsewhere. */
  readonly head: Head;
}

/** The public key, SubjectPublicKeyInfo in DER, that the verifier trusts under this id. */
export type TrustedKeys = (keyId: string) => Buffer | undefined;

export function verifyTrail(evidence: Iterable<Evidence>, trustedKeys: TrustedKeys): Verification {
  let head = genesis;
  let events = 0;
  let signedUpTo = 0;
  const result = (broken?: Verification["broken"]): Verification => ({
    broken,
    events,
    signedUpTo,
    head,
  });
  for (const record of evidence) {
    if (record.type === "group") {
      const reason = groupProblem(record, head);
      if (reason !== undefined) return result({ group: head.number + 1, reason });
      head = nextHead(head, { ...record, lines: record.lines.join(",\n") });
      if (head.hash !== record.hash) {
        return result({ group: head.number, reason: "its events are not those that were hashed" });
      }
      events += record.count;
    } else if (record.type === "stray") {
      const reason = `${record.events} events lie in no group`;
      return result({ group: head.number + 1, reason });
    } else {
      const start = record.type === "checkpoint" ? record : head;
      if (record.type === "checkpoint" && head !== genesis) {
        return result({ group: head.number, reason: "a checkpoint lies within the chain" });
      }
      const reason = signatureProblem(record.type, record, start, trustedKeys);
      if (reason !== undefined) return result({ group: record.number, reason });
      head = { number: start.number, hash: start.hash, nextPosition: start.nextPosition };
      signedUpTo = head.number;
    }
  }
  return result();
}

function groupProblem(
  group: Evidence & { readonly type: "group" },
  head: Head,
): string | undefined {
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
  claim: Claim,
  signed: SignedHead,
  head: Head,
  trustedKeys: TrustedKeys,
): string | undefined {
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
    verify(null, signedBytes(claim, signed), publicKey, signature);
  return isGenuine ? undefined : `the signature of its ${claim} is not genuine`;
}
