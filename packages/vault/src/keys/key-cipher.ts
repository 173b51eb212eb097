/** What a key does to bytes: AES-256-GCM under its current version, back under any of them. */
import type { EncryptionContext } from "../encryption/envelope.ts";
import { OpenFailed } from "../encryption/seal.ts";
import { type Soon, soon } from "../soon.ts";
import { type Ciphertext, packCiphertext, sealCiphertext } from "./ciphertext.ts";
import type { KeyMaterials } from "./key-material.ts";
import type { KeyRecord } from "./key-record.ts";
import { requireState } from "./key-states.ts";

export interface Decrypted {
  readonly plaintext: Buffer;
  /** Of the version that encrypted it. */
  readonly materialId: string;
}

export class KeyCipher {
  readonly #materials: KeyMaterials;

  constructor(materials: KeyMaterials) {
    this.#materials = materials;
  }

  async encrypt(
    record: KeyRecord,
    plaintext: Uint8Array,
    context: EncryptionContext,
  ): Promise<Buffer> {
    requireState("Encrypt", record);
    const { key } = await this.#materials.current(record);
    const { accountId, keyId, arn, currentVersion: keyVersion } = record;
    const sealed = sealCiphertext(key, { keyArn: arn, keyVersion }, plaintext, context);
    return packCiphertext({ accountId, keyId, keyVersion }, sealed);
  }

  /** `OpenFailed` where key, context or bytes are not those of the encryption. */
  decrypt(record: KeyRecord, ciphertext: Ciphertext, context: EncryptionContext): Soon<Decrypted> {
    requireState("Decrypt", record);
    const { accountId, keyId, keyVersion } = ciphertext;
    if (accountId !== record.accountId || keyId !== record.keyId) throw new OpenFailed();
    return soon(this.#materials.open(record, keyVersion), (material) => {
      if (material === undefined) throw new OpenFailed();
      const plaintext = ciphertext.open(material.key, record.arn, context);
      return { plaintext, materialId: material.materialId };
    });
  }
}
