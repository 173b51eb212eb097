/**
 * What makes the trail tamper-evident: each group of events is hashed together with the hash of
 * the group before it, and the heads of these chains are signed. Whoever can write the database
 * could recompute every hash, but can't sign the result.
 *
 * The embedded database has one chain. On PostgreSQL every node writes one of its own, and signs
 * with its head where all the others were, so that none of them can be cut or removed unnoticed.
 */
import { hash } from "node:crypto";

/** Signs heads with Ed25519. The key lies sealed under the root key, outside this database. */
export interface Signer {
  readonly keyId: string;
  sign(bytes: Uint8Array): Buffer;
  /** SubjectPublicKeyInfo in DER: what a verifier needs. */
  readonly publicKey: Buffer;
}

/** 0 for the embedded database's chain, 1 for that of "node-1", and so on. */
export type Chain = number;

export const embedded: Chain = 0;

/** A group's place in its chain. */
export interface Head {
  /** The group's number: 1 for the first, and 0 while there is none. */
  readonly number: number;
  /** In hexadecimal. */
  readonly hash: string;
  /** The position of the first event behind the group. */
  readonly nextPosition: number;
}

/** Where a node that signed its own head saw another chain. */
export interface SeenHead {
  readonly chain: Chain;
  readonly number: number;
  readonly hash: string;
}

/** What a signature says: "the chain was here", or "all up to here was removed by retention". */
export type Claim = "head" | "checkpoint";

export interface SignedHead extends Head {
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
  readonly keyId: string;
  /** Empty where the chain was alone, and in checkpoints. */
  readonly seen: readonly SeenHead[];
  /** In base64. */
  readonly signature: string;
}

/** "embedded" or "node-1". */
export function chainName(chain: Chain): string {
  return chain === embedded ? "embedded" : `node-${chain}`;
}

/** The chain of that name; undefined for a text that names none. */
export function chainOf(name: string): Chain | undefined {
  if (name === "embedded") return embedded;
  const digits = /^node-([1-9]\d{0,8})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Where a chain begins. The name of a node's is part of it: so no group fits into another's. */
export function genesisOf(chain: Chain): Head {
  const start =
    chain === embedded
      ? "0".repeat(64)
      : hash("sha256", `claviger audit chain 1\n${chainName(chain)}`);
  return { number: 0, hash: start, nextPosition: 1 };
}

/** The head after a group of `lines`, which are joined by ",\n", was added to the chain. */
export function nextHead(
  previous: Head,
  group: { readonly count: number; readonly committedAt: number; readonly lines: string },
): Head {
  const { count, committedAt, lines } = group;
  const number = previous.number + 1;
  const first = previous.nextPosition;
  const text = `claviger audit group 1\n${previous.hash} ${number} ${first} ${count} ${committedAt}\n${lines}`;
  return { number, hash: hash("sha256", text), nextPosition: first + count };
}

/**
 * The bytes that a signature is over. The embedded chain's, while it is alone, are those of before
 * there were others.
 */
export function signedBytes(
  claim: Claim,
  chain: Chain,
  head: Omit<SignedHead, "signature">,
): Buffer {
  const { number, hash, nextPosition, signedAt, keyId, seen } = head;
  const place = `${number} ${hash} ${nextPosition} ${signedAt} ${keyId}`;
  if (chain === embedded && seen.length === 0) {
    return Buffer.from(`claviger audit ${claim} 1\n${place}`);
  }
  const others = seen.map((other) => `\n${chainName(other.chain)} ${other.number} ${other.hash}`);
  return Buffer.from(`claviger audit ${claim} 2\n${chainName(chain)}\n${place}${others.join("")}`);
}

export function signHead(
  claim: Claim,
  chain: Chain,
  head: Head & { readonly seen: readonly SeenHead[] },
  signedAt: number,
  signer: Signer,
): SignedHead {
  const { number, hash, nextPosition, seen } = head;
  const unsigned = { number, hash, nextPosition, signedAt, keyId: signer.keyId, seen };
  const signature = signer.sign(signedBytes(claim, chain, unsigned)).toString("base64");
  return { ...unsigned, signature };
}

/** The name under which a signed head says which key signed it. `publicKey` is SPKI in DER. */
export function keyIdOf(publicKey: Buffer): string {
  return publicKey.subarray(-8).toString("hex");
}
