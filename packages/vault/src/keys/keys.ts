/**
 * KMS keys: what they seal opens again only with a permit for the same key, under the same
 * context, while the key is enabled. Secrets and parameters seal their values here, and the KMS
 * operations are these methods.
 */
import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { Permit } from "../authorization/authorize.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { EncryptionContext } from "../encryption/envelope.ts";
import type { RootKey } from "../encryption/root-keys/root-key.ts";
import { OpenFailed } from "../encryption/seal.ts";
import type { Scope } from "../scope.ts";
import { rescued, type Soon } from "../soon.ts";
import type { Storage } from "../storage/storage.ts";
import { AliasDirectory, type ListedAlias } from "./alias-directory.ts";
import { type Ciphertext, unpackCiphertext } from "./ciphertext.ts";
import { GrantTokens } from "./grants/grant-tokens.ts";
import { Grants } from "./grants/grants.ts";
import { KeyAdministration } from "./key-administration.ts";
import { KeyChanges } from "./key-changes.ts";
import { type Decrypted, KeyCipher } from "./key-cipher.ts";
import { KeyDirectory, type NewKey } from "./key-directory.ts";
import { incorrectKey, invalidCiphertext, keyNotFound } from "./key-errors.ts";
import { KeyMaterials } from "./key-material.ts";
import type { ManagedAlias } from "./key-policies.ts";
import { purgeDeleted } from "./key-purge.ts";
import { type KeyRecord, keyArn, scopePrefix } from "./key-record.ts";
import type { KeyResource, KeysResource } from "./key-resource.ts";
import { KeyRotation } from "./key-rotation.ts";
import { Markers } from "./markers.ts";
import type { Page } from "./page.ts";
import { PageTokens } from "./page-tokens.ts";
import type { SealedKeys } from "./ring/sealed-keys.ts";
import { ValueEnvelopes } from "./value-envelopes.ts";

export type { EncryptionContext } from "../encryption/envelope.ts";
export { type Ciphertext, unpackCiphertext } from "./ciphertext.ts";
export type { KeyRecord } from "./key-record.ts";
export type { KeyResource, KeysResource } from "./key-resource.ts";

/** A data key in the clear and encrypted, with the material that encrypted it. */
export interface DataKey extends Decrypted {
  readonly ciphertextBlob: Buffer;
}

export class Keys {
  readonly administration: KeyAdministration;
  readonly aliases: AliasDirectory;
  readonly grants: Grants;
  readonly markers: Markers;
  readonly rotation: KeyRotation;
  readonly #directory: KeyDirectory;
  readonly #cipher: KeyCipher;
  readonly #envelopes: ValueEnvelopes;
  readonly #sealedKeys: SealedKeys;
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  #fingerprintKey: KeyObject | undefined;

  constructor(
    storage: Storage,
    rootKey: RootKey,
    sealedKeys: SealedKeys,
    clock: Clock,
    randomness: Randomness,
  ) {
    const materials = new KeyMaterials(storage, rootKey, randomness);
    const changes = new KeyChanges(storage, clock);
    const tokens = new PageTokens(sealedKeys);
    const grantTokens = new GrantTokens(tokens, randomness);
    this.markers = new Markers(tokens);
    this.administration = new KeyAdministration(changes);
    this.aliases = new AliasDirectory(storage, changes, clock);
    this.grants = new Grants(storage, changes, this.markers, grantTokens, randomness);
    this.rotation = new KeyRotation(storage, changes, materials, clock);
    this.#directory = new KeyDirectory(storage, this.aliases, materials, clock, randomness);
    this.#cipher = new KeyCipher(materials);
    this.#envelopes = new ValueEnvelopes(this.#cipher, randomness);
    this.#sealedKeys = sealedKeys;
    this.#storage = storage;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** By id, ARN, alias or alias ARN, as the key is now. Throws NotFoundException. */
  locate(scope: Scope, keyId: string): Soon<KeyResource> {
    return this.#directory.locate(scope, keyId);
  }

  /** The AWS managed key of a service, made at its first use. */
  defaultKey(scope: Scope, alias: ManagedAlias): Promise<KeyResource> {
    return this.#directory.defaultKey(scope, alias);
  }

  /**
   * The envelope of a value, to be stored. It opens only with the same context, which binds it to
   * its record. Throws DisabledException or KMSInvalidStateException by the key's state.
   */
  sealValue(
    permit: Permit<"kms:GenerateDataKey" | "kms:Encrypt", KeyResource>,
    value: Uint8Array,
    context: EncryptionContext,
  ): Promise<Buffer> {
    return this.#envelopes.seal(permit.resource.record, value, context);
  }

  /**
   * The value of an envelope. Throws DisabledException or KMSInvalidStateException by the key's
   * state, which counts every time, and `OpenFailed` where the envelope is not this record's.
   */
  openValue(
    permit: Permit<"kms:Decrypt", KeyResource>,
    sealed: Uint8Array,
    context: EncryptionContext,
  ): Soon<Buffer> {
    return this.#envelopes.open(permit.resource.record, sealed, context);
  }

  /** Equal values have equal fingerprints; without the vault's root key they say nothing. */
  async fingerprint(value: Uint8Array): Promise<string> {
    this.#fingerprintKey ??= createSecretKey(await this.#sealedKeys.secret("fingerprint"));
    return createHmac("sha256", this.#fingerprintKey).update(value).digest("base64url");
  }

  encrypt(
    permit: Permit<"kms:Encrypt" | "kms:ReEncryptTo", KeyResource>,
    plaintext: Uint8Array,
    context: EncryptionContext,
  ): Promise<Buffer> {
    return this.#cipher.encrypt(permit.resource.record, plaintext, context);
  }

  /**
   * Of a CiphertextBlob, or of what it was unpacked to. Throws IncorrectKeyException for another
   * key's ciphertext, else InvalidCiphertextException.
   */
  decrypt(
    permit: Permit<"kms:Decrypt" | "kms:ReEncryptFrom", KeyResource>,
    blob: Uint8Array | Ciphertext,
    context: EncryptionContext,
  ): Soon<Decrypted> {
    const { record } = permit.resource;
    const ciphertext = blob instanceof Uint8Array ? readCiphertext(blob) : blob;
    if (ciphertext.keyId !== record.keyId) throw incorrectKey();
    return rescued(
      () => this.#cipher.decrypt(record, ciphertext, context),
      (error) => {
        throw error instanceof OpenFailed ? invalidCiphertext() : error;
      },
    );
  }

  async generateDataKey(
    permit: Permit<"kms:GenerateDataKey" | "kms:GenerateDataKeyWithoutPlaintext", KeyResource>,
    numberOfBytes: number,
    context: EncryptionContext,
  ): Promise<DataKey> {
    const { record } = permit.resource;
    const plaintext = this.#randomness.bytes(numberOfBytes);
    const ciphertextBlob = await this.#cipher.encrypt(record, plaintext, context);
    return { plaintext, ciphertextBlob, materialId: record.currentMaterialId };
  }

  /** Cryptographically strong, and kept nowhere. */
  randomBytes(_permit: Permit<"kms:GenerateRandom", KeysResource>, count: number): Buffer {
    return this.#randomness.bytes(count);
  }

  /** The ARN of the key that a ciphertext claims to be of. Throws InvalidCiphertextException. */
  keyArnOf({ region }: Scope, ciphertextBlob: Uint8Array): string {
    const { accountId, keyId } = readCiphertext(ciphertextBlob);
    return keyArn({ accountId, region }, keyId);
  }

  /** The id of a key about to be made, so that permissions can be asked on its ARN. */
  nextKeyId(): string {
    return this.#directory.nextKeyId();
  }

  create(permit: Permit<"kms:CreateKey", KeysResource>, key: NewKey): Promise<KeyResource> {
    return this.#directory.create(permit.resource.scope, key);
  }

  /** Throws InvalidMarkerException unless this very list gave the marker. */
  list(
    permit: Permit<"kms:ListKeys", KeysResource>,
    limit: number,
    marker: string | undefined,
  ): Promise<Page<KeyRecord>> {
    const { scope } = permit.resource;
    return this.markers.page(`keys of ${scopePrefix(scope)}`, marker, (after) =>
      this.#directory.list(scope, limit, after),
    );
  }

  /** The aliases of the account, or only those of one key. */
  listAliases(
    permit: Permit<"kms:ListAliases", KeysResource>,
    target: KeyResource | undefined,
    limit: number,
    marker: string | undefined,
  ): Promise<Page<ListedAlias>> {
    const { scope } = permit.resource;
    // The permit is for the account's own names; of a stranger's key it says nothing.
    if (target !== undefined && target.accountId !== scope.accountId) {
      return Promise.reject(keyNotFound(target.arn));
    }
    return this.markers.page(`aliases of ${target?.arn ?? scopePrefix(scope)}`, marker, (after) =>
      target === undefined
        ? this.aliases.list(scope, limit, after)
        : this.aliases.listOf(target.record, limit, after),
    );
  }

  /** What time does: removes the keys whose waiting period is over, rotates those that are due. */
  async sweep(): Promise<void> {
    await purgeDeleted(this.#storage, this.#clock.now());
    await this.rotation.rotateDue();
  }
}

function readCiphertext(blob: Uint8Array): Ciphertext {
  try {
    return unpackCiphertext(blob);
  } catch {
    throw invalidCiphertext();
  }
}
