/**
 * What makes the trail tamper-evident: each group of events is hashed together with the hash of
 * the group before it, and the heads of this chain are signed. Whoever can write the database
 * could recompute every hash, but can't sign the result.
 */
import { hash } from "node:crypto";

/** Signs heads with Ed25519. The key lies sealed under the root key, outside this database. */
export interface Signer {
  readonly keyId: string;
  sign(bytes: Uint8Array): Buffer;
  /** SubjectPublicKeyInfo in DER: what a verifier needs. */
  readonly publicKey: Buffer;
}

/** A group's place in the chain. */
export interface Head {
  /** The group's number: 1 for the first, and 0 while there is none. */
  readonly number: number;
  /** In hexadecimal. */
  readonly hash: string;
  /** The position of the first event behind the group. */
  readonly nextPosition: number;
}

/** What a signature says: "the chain was here", or "all up to here was removed by retention". */
export type Claim = "head" | "checkpoint";

export interface SignedHead extends Head {
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
  readonly keyId: string;
  /** In base64. */
  readonly signature: string;
}

/** Where the chain begins. */
export const genesis: Head = { number: 0, hash: "0".repeat(64), nextPosition: 1 };

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

/** The bytes that a signature is over. */
export function signedBytes(claim: Claim, head: Omit<SignedHead, "signature">): Buffer {
  const { number, hash, nextPosition, signedAt, keyId } = head;
  return Buffer.from(
    `claviger audit ${claim} 1\n${number} ${hash} ${nextPosition} ${signedAt} ${keyId}`,
  );
}

export function signHead(claim: Claim, head: Head, signedAt: number, signer: Signer): SignedHead {
  const { number, hash, nextPosition } = head;
  const unsigned = { number, hash, nextPosition, signedAt, keyId: signer.keyId };
  const signature = signer.sign(signedBytes(claim, unsigned)).toString("base64");
  return { ...unsigned, signature };
}

/** The name under which a signed head says which key signed it. `publicKey` is SPKI in DER. */
export function keyIdOf(publicKey: Buffer): string {
  return publicKey.subarray(-8).toString("hex");
}
