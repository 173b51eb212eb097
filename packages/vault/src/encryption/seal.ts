/**
 * Authenticated encryption, the only place that names a cipher: AES-256-GCM with a random
 * 96-bit nonce. What is sealed opens only under the same key and the same associated data, and
 * not one bit of it can be changed.
 */
import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from "node:crypto";

const algorithm = "aes-256-gcm";
/** The first byte says how to read the rest, so that the format can change. */
const formatVersion = 1;
const nonceStart = 1;
const nonceBytes = 12;
const ciphertextStart = nonceStart + nonceBytes;
const tagBytes = 16;
const options = { authTagLength: tagBytes } as const;

/** How much longer the sealed bytes are than the plaintext. */
export const sealedOverheadBytes = ciphertextStart + tagBytes;

/** It doesn't open. Nothing says why: whoever tampers learns nothing from the answer. */
export class OpenFailed extends Error {
  override readonly name = "OpenFailed";
  constructor() {
    super("Sealed data did not open");
  }
}

/**
 * Format: version 1 (one byte) | nonce (12) | ciphertext | tag (16).
 *
 * Nonces are random, so one key may seal 2^32 times before two of them could coincide with a
 * chance worth naming (NIST SP 800-38D, 8.3). A data key seals one value; only a key version
 * that wraps data keys comes anywhere near.
 */
export function seal(key: KeyObject, plaintext: Uint8Array, aad: string | Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(plaintext.length + sealedOverheadBytes);
  sealed[0] = formatVersion;
  const nonce = randomFillSync(sealed.subarray(nonceStart, ciphertextStart));
  const cipher = createCipheriv(algorithm, key, nonce, options).setAAD(bytesOf(aad));
  cipher.update(plaintext).copy(sealed, ciphertextStart);
  // GCM is a stream: final() gives no bytes, it only completes the tag.
  cipher.final();
  cipher.getAuthTag().copy(sealed, sealed.length - tagBytes);
  return sealed;
}

/** The parts of sealed bytes, as views. What is opened again and again needs them only once. */
export interface SealedParts {
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** `OpenFailed` if these bytes are none that `seal` could have made. */
export function unpackSealed(sealed: Uint8Array): SealedParts {
  const tagStart = sealed.length - tagBytes;
  if (tagStart < ciphertextStart || sealed[0] !== formatVersion) throw new OpenFailed();
  return {
    nonce: sealed.subarray(nonceStart, ciphertextStart),
    ciphertext: sealed.subarray(ciphertextStart, tagStart),
    tag: sealed.subarray(tagStart),
  };
}

/** The plaintext, or `OpenFailed`. */
export function open(key: KeyObject, sealed: Uint8Array, aad: string | Uint8Array): Buffer {
  return openParts(key, unpackSealed(sealed), aad);
}

/** The same of sealed bytes that have been unpacked. */
export function openParts(
  key: KeyObject,
  { nonce, ciphertext, tag }: SealedParts,
  aad: string | Uint8Array,
): Buffer {
  const decipher = createDecipheriv(algorithm, key, nonce, options);
  decipher.setAAD(bytesOf(aad)).setAuthTag(tag);
  const plaintext = decipher.update(ciphertext);
  try {
    decipher.final();
  } catch {
    throw new OpenFailed();
  }
  return plaintext;
}

function bytesOf(aad: string | Uint8Array): Uint8Array {
  return typeof aad === "string" ? Buffer.from(aad) : aad;
}
