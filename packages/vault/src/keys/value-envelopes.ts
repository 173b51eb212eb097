/**
 * Stored values, sealed: each under a data key of its own that a KMS key wraps. Unwrapped data
 * keys are kept in a bounded cache, so that a value read again costs one decryption; the values
 * themselves are never kept.
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import type { Randomness } from "../clock.ts";
import { BoundedCache } from "../encryption/bounded-cache.ts";
import {
  dataKeyBytes,
  type EncryptionContext,
  isSameContext,
  packEnvelope,
  unpackEnvelope,
  valueAad,
} from "../encryption/envelope.ts";
import { openParts, type SealedParts, seal, unpackSealed } from "../encryption/seal.ts";
import { type Soon, soon } from "../soon.ts";
import { unpackCiphertext } from "./ciphertext.ts";
import type { KeyCipher } from "./key-cipher.ts";
import type { KeyRecord } from "./key-record.ts";
import { requireState } from "./key-states.ts";

/** About 10 MB of data keys at most. */
const dataKeysMax = 16_384;

/** What of opening an envelope is the same each time, as long as its row is. */
interface Opening {
  /** The name of its data key in memory. */
  readonly wrapping: string;
  readonly sealedValue: SealedParts;
  readonly keyArn: string;
  readonly context: EncryptionContext;
  readonly aad: Uint8Array;
}

export class ValueEnvelopes {
  readonly #cipher: KeyCipher;
  readonly #randomness: Randomness;
  /** By their wrapping. */
  readonly #dataKeys = new BoundedCache<KeyObject>(dataKeysMax);
  /** By the sealed bytes, which are another object once their row has changed. */
  readonly #openings = new WeakMap<Uint8Array, Opening>();

  constructor(cipher: KeyCipher, randomness: Randomness) {
    this.#cipher = cipher;
    this.#randomness = randomness;
  }

  async seal(record: KeyRecord, value: Uint8Array, context: EncryptionContext): Promise<Buffer> {
    const bytes = this.#randomness.bytes(dataKeyBytes);
    const wrappedDataKey = await this.#cipher.encrypt(record, bytes, context);
    const dataKey = this.#keep(wrappedDataKey, bytes);
    const sealedValue = seal(dataKey, value, valueAad(record.arn, context));
    return packEnvelope({ wrappedDataKey, sealedValue });
  }

  open(record: KeyRecord, sealed: Uint8Array, context: EncryptionContext): Soon<Buffer> {
    requireState("Decrypt", record);
    const { wrapping, sealedValue, aad } = this.#opening(record, sealed, context);
    const dataKey =
      this.#dataKeys.get(wrapping) ??
      this.#unwrap(record, unpackEnvelope(sealed).wrappedDataKey, context);
    // A cached data key was unwrapped under some key and context; this proves these are the ones.
    return soon(dataKey, (key) => openParts(key, sealedValue, aad));
  }

  #opening({ arn }: KeyRecord, sealed: Uint8Array, context: EncryptionContext): Opening {
    const known = this.#openings.get(sealed);
    if (known?.keyArn === arn && isSameContext(known.context, context)) return known;
    const { wrappedDataKey, sealedValue } = unpackEnvelope(sealed);
    const wrapping = cacheKey(wrappedDataKey);
    const aad = valueAad(arn, context);
    const parts = unpackSealed(sealedValue);
    const opening = { wrapping, sealedValue: parts, keyArn: arn, context, aad };
    this.#openings.set(sealed, opening);
    return opening;
  }

  #unwrap(
    record: KeyRecord,
    wrappedDataKey: Uint8Array,
    context: EncryptionContext,
  ): Soon<KeyObject> {
    const ciphertext = unpackCiphertext(wrappedDataKey);
    return soon(this.#cipher.decrypt(record, ciphertext, context), ({ plaintext }) =>
      this.#keep(wrappedDataKey, plaintext),
    );
  }

  /** Wipes the bytes: from here on the key is only a KeyObject. */
  #keep(wrappedDataKey: Uint8Array, bytes: Buffer): KeyObject {
    const dataKey = createSecretKey(bytes);
    bytes.fill(0);
    this.#dataKeys.set(cacheKey(wrappedDataKey), dataKey);
    return dataKey;
  }
}

function cacheKey(wrappedDataKey: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = wrappedDataKey;
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}
