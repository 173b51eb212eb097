/**
 * Whether stored values are whole: they are opened, held against their fingerprints, and wiped.
 * Nothing is revealed but the verdict, so this needs no permit; that a key is disabled stops
 * callers and not this.
 */
import { createHmac } from "node:crypto";
import type { Randomness } from "../clock.ts";
import type { EncryptionContext } from "../encryption/envelope.ts";
import type { RootKey } from "../encryption/root-keys/root-key.ts";
import type { Storage } from "../storage/storage.ts";
import { unpackCiphertext } from "./ciphertext.ts";
import { KeyCipher } from "./key-cipher.ts";
import { KeyMaterials } from "./key-material.ts";
import type { KeyRecord } from "./key-record.ts";
import type { SealedKeys } from "./ring/sealed-keys.ts";
import { ValueEnvelopes } from "./value-envelopes.ts";

export class ValueProofs {
  readonly #cipher: KeyCipher;
  readonly #envelopes: ValueEnvelopes;
  readonly #sealedKeys: SealedKeys;

  constructor(storage: Storage, rootKey: RootKey, sealedKeys: SealedKeys, randomness: Randomness) {
    this.#cipher = new KeyCipher(new KeyMaterials(storage, rootKey, randomness));
    this.#envelopes = new ValueEnvelopes(this.#cipher, randomness);
    this.#sealedKeys = sealedKeys;
  }

  /** Of `Keys.sealValue`. Throws OpenFailed where it doesn't open. */
  async isInEnvelope(
    key: KeyRecord,
    sealed: Uint8Array,
    context: EncryptionContext,
    fingerprint: string,
  ): Promise<boolean> {
    return this.isValue(await this.#envelopes.open(enabled(key), sealed, context), fingerprint);
  }

  /** Of `Keys.encrypt`. Throws OpenFailed where it doesn't open. */
  async isEncrypted(
    key: KeyRecord,
    ciphertextBlob: Uint8Array,
    context: EncryptionContext,
    fingerprint: string,
  ): Promise<boolean> {
    const ciphertext = unpackCiphertext(ciphertextBlob);
    const { plaintext } = await this.#cipher.decrypt(enabled(key), ciphertext, context);
    return this.isValue(plaintext, fingerprint);
  }

  /** Whether this is the value of that fingerprint; its bytes are wiped. */
  async isValue(value: Buffer, fingerprint: string): Promise<boolean> {
    const key = await this.#sealedKeys.secret("fingerprint");
    const found = createHmac("sha256", key).update(value).digest("base64url");
    value.fill(0);
    return found === fingerprint;
  }
}

function enabled(key: KeyRecord): KeyRecord {
  return { ...key, state: "Enabled" };
}
