/**
 * KMS's CiphertextBlob: what Encrypt and GenerateDataKey give and Decrypt takes. It names the key
 * and its version, so that Decrypt needs no KeyId, and the seal covers both and the context.
 */
import type { KeyObject } from "node:crypto";
import { BoundedCache } from "../encryption/bounded-cache.ts";
import { contextAad, type EncryptionContext, isSameContext } from "../encryption/envelope.ts";
import { OpenFailed, openParts, type SealedParts, seal, unpackSealed } from "../encryption/seal.ts";

const formatVersion = 1;
const accountStart = 1;
const accountBytes = 6;
const accountDigits = 12;
const keyIdStart = accountStart + accountBytes;
const versionStart = keyIdStart + 16;
const sealedStart = versionStart + 4;

/** The version of a key that made a ciphertext. */
interface Maker {
  readonly accountId: string;
  readonly keyId: string;
  readonly keyVersion: number;
}

/** The key and context that a ciphertext is bound to, as they are sealed with it. */
interface Cover {
  readonly keyArn: string;
  readonly context: EncryptionContext;
  readonly aad: string;
}

/**
 * A blob's parts, as views. It remembers under which key and context it was opened last: some
 * ciphertexts are kept, since they are opened again and again.
 */
export class Ciphertext implements Maker {
  readonly accountId: string;
  readonly keyId: string;
  readonly keyVersion: number;
  readonly #sealed: SealedParts;
  #cover: Cover | undefined;

  constructor({ accountId, keyId, keyVersion }: Maker, sealed: SealedParts) {
    this.accountId = accountId;
    this.keyId = keyId;
    this.keyVersion = keyVersion;
    this.#sealed = sealed;
  }

  /** The plaintext, or `OpenFailed`. */
  open(material: KeyObject, keyArn: string, context: EncryptionContext): Buffer {
    return openParts(material, this.#sealed, this.#aad(keyArn, context));
  }

  #aad(keyArn: string, context: EncryptionContext): string {
    const known = this.#cover;
    if (known?.keyArn === keyArn && isSameContext(known.context, context)) return known.aad;
    const aad = ciphertextAad({ keyArn, keyVersion: this.keyVersion }, context);
    this.#cover = { keyArn, context, aad };
    return aad;
  }
}

/** Format: version 1 (one byte) | account (6) | key id (16) | key version (4) | sealed. */
export function packCiphertext(
  { accountId, keyId, keyVersion }: Maker,
  sealed: Uint8Array,
): Buffer {
  const head = Buffer.alloc(sealedStart);
  head[0] = formatVersion;
  head.writeUIntBE(Number(accountId), accountStart, accountBytes);
  head.write(keyId.replaceAll("-", ""), keyIdStart, "hex");
  head.writeUInt32BE(keyVersion, versionStart);
  return Buffer.concat([head, sealed]);
}

/** What a blob claims to be; only opening it proves that. `OpenFailed` if nothing. */
export function unpackCiphertext(blob: Uint8Array): Ciphertext {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (bytes.length <= sealedStart || bytes[0] !== formatVersion) throw new OpenFailed();
  const maker = makerOf(bytes);
  if (maker.accountId.length > accountDigits) throw new OpenFailed();
  return new Ciphertext(maker, unpackSealed(bytes.subarray(sealedStart)));
}

/** Few keys make most ciphertexts: kept with each of them, their names would take more than it. */
const knownMakers = new BoundedCache<Maker>(1024);

function makerOf(bytes: Buffer): Maker {
  const packed = bytes.toString("latin1", accountStart, sealedStart);
  const known = knownMakers.get(packed);
  if (known !== undefined) return known;
  const hex = bytes.toString("hex", keyIdStart, versionStart);
  const maker = {
    accountId: String(bytes.readUIntBE(accountStart, accountBytes)).padStart(accountDigits, "0"),
    keyId: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
    keyVersion: bytes.readUInt32BE(versionStart),
  };
  knownMakers.set(packed, maker);
  return maker;
}

export interface KeyVersionName {
  readonly keyArn: string;
  readonly keyVersion: number;
}

export function sealCiphertext(
  material: KeyObject,
  name: KeyVersionName,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Buffer {
  return seal(material, plaintext, ciphertextAad(name, context));
}

function ciphertextAad({ keyArn, keyVersion }: KeyVersionName, context: EncryptionContext) {
  return contextAad("kms", `${keyArn}/${keyVersion}`, context);
}
