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
  openUnderDataKey,
  packEnvelope,
  sealUnderDataKey,
  unpackEnvelope,
} from "../encryption/envelope.ts";
import { unpackCiphertext } from "./ciphertext.ts";
import type { KeyCipher } from "./key-cipher.ts";
import type { KeyRecord } from "./key-record.ts";
import { requireState } from "./key-states.ts";

/** About 10 MB of data keys at most. */
const dataKeysMax = 16_384;

export class ValueEnvelopes {
  readonly #cipher: KeyCipher;
  readonly #randomness: Randomness;
  /** By their wrapping. */
  readonly #dataKeys = new BoundedCache<KeyObject>(dataKeysMax);

  constructor(cipher: KeyCipher, randomness: Randomness) {
    this.#cipher = cipher;
    this.#randomness = randomness;
  }

  async seal(record: KeyRecord, value: Uint8Array, context: EncryptionContext): Promise<Buffer> {
    const bytes = this.#randomness.bytes(dataKeyBytes);
    const wrappedDataKey = await this.#cipher.encrypt(record, bytes, context);
    const dataKey = this.#keep(wrappedDataKey, bytes);
    const sealedValue = sealUnderDataKey(dataKey, value, record.arn, context);
    return packEnvelope({ wrappedDataKey, sealedValue });
  }

  async open(record: KeyRecord, sealed: Uint8Array, context: EncryptionContext): Promise<Buffer> {
    requireState("Decrypt", record);
    const { wrappedDataKey, sealedValue } = unpackEnvelope(sealed);
    const dataKey =
      this.#dataKeys.get(cacheKey(wrappedDataKey)) ??
      (await this.#unwrap(record, wrappedDataKey, context));
    // A cached data key was unwrapped under some key and context; this proves these are the ones.
    return openUnderDataKey(dataKey, sealedValue, record.arn, context);
  }

  async #unwrap(
    record: KeyRecord,
    wrappedDataKey: Uint8Array,
    context: EncryptionContext,
  ): Promise<KeyObject> {
    const ciphertext = unpackCiphertext(wrappedDataKey);
    const { plaintext } = await this.#cipher.decrypt(record, ciphertext, context);
    return this.#keep(wrappedDataKey, plaintext);
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
