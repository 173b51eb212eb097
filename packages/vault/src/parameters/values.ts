/**
 * How values lie in the database: never in the clear. A SecureString is sealed under its KMS key,
 * which needs the caller's permit; String and StringList need no key permission on AWS, so they
 * are sealed under a key of the vault's own. Both are bound to the ARN, the parameter's life and
 * the version: a ciphertext that was moved to another row doesn't open.
 *
 * As on AWS, KMS itself encrypts a SecureString of the standard tier with PARAMETER_ARN as the
 * context, so that KMS Decrypt opens what is read without decryption. What binds this ciphertext
 * to its version is a keyed hash of both, which costs a read less than a second seal would.
 */
import { createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Permit } from "../authorization/authorize.ts";
import { HmacKey } from "../encryption/hmac.ts";
import { OpenFailed, open, seal } from "../encryption/seal.ts";
import { type Ciphertext, type KeyResource, type Keys, unpackCiphertext } from "../keys/keys.ts";
import type { SealedKeys } from "../keys/ring/sealed-keys.ts";
import { type Soon, soon } from "../soon.ts";

/** Which value it is; what its seal covers. */
export interface ValuePlace {
  readonly arn: string;
  readonly id: string;
  readonly version: number;
}

export type SealPermit =
  | Permit<"kms:Encrypt", KeyResource>
  | Permit<"kms:GenerateDataKey", KeyResource>;

/** The first byte of what is encrypted by KMS itself; an envelope begins with another. */
const encryptedByKms = 3;
/** The same as earlier versions wrote it: bound to its place by a second seal, not by a hash. */
const sealedOnceMore = 2;
/** Behind it the hash that binds the ciphertext to its place, and then the ciphertext. */
const bindingStart = 1;
const ciphertextStart = bindingStart + 32;

/** A ciphertext that was found to belong to a place. */
interface Bound extends ValuePlace {
  readonly ciphertext: Ciphertext;
}

export class ParameterValues {
  readonly #keys: Keys;
  readonly #sealedKeys: SealedKeys;
  #plainKey: KeyObject | undefined;
  #bindingKey: HmacKey | undefined;
  /** By the sealed bytes: looked at once for each time that a row is read. */
  readonly #bound = new WeakMap<Uint8Array, Bound>();

  constructor(keys: Keys, sealedKeys: SealedKeys) {
    this.#keys = keys;
    this.#sealedKeys = sealedKeys;
  }

  async sealPlain(place: ValuePlace, value: string): Promise<Buffer> {
    return seal(await this.#plain(), Buffer.from(value), plainAad(place));
  }

  async openPlain(place: ValuePlace, sealed: Uint8Array): Promise<string> {
    return open(await this.#plain(), sealed, plainAad(place)).toString();
  }

  async sealSecure(permit: SealPermit, place: ValuePlace, value: string): Promise<Buffer> {
    const bytes = Buffer.from(value);
    if (permit.action !== "kms:Encrypt") {
      return this.#keys.sealValue(permit, bytes, envelopeContext(place));
    }
    const ciphertext = await this.#keys.encrypt(permit, bytes, parameterContext(place));
    const binding = bindingOf(await this.#binding(), textOf(place), ciphertext);
    return Buffer.concat([Buffer.of(encryptedByKms), binding, ciphertext]);
  }

  openSecure(
    permit: Permit<"kms:Decrypt", KeyResource>,
    place: ValuePlace,
    sealed: Uint8Array,
  ): Soon<string> {
    if (!isEncryptedByKms(sealed)) {
      const opened = this.#keys.openValue(permit, sealed, envelopeContext(place));
      return soon(opened, (bytes) => bytes.toString());
    }
    const ciphertext: Soon<Ciphertext | Uint8Array> =
      sealed[0] === encryptedByKms
        ? soon(this.#binding(), (key) => this.#unbound(key, place, sealed))
        : this.ciphertext(place, sealed);
    return soon(ciphertext, (blob) =>
      soon(this.#keys.decrypt(permit, blob, parameterContext(place)), ({ plaintext }) =>
        plaintext.toString(),
      ),
    );
  }

  /** A SecureString as whoever may not decrypt it sees it; KMS opens it in the standard tier. */
  async ciphertext(place: ValuePlace, sealed: Uint8Array): Promise<Uint8Array> {
    if (!isEncryptedByKms(sealed)) return sealed;
    if (sealed[0] === sealedOnceMore) {
      return open(await this.#plain(), sealed.subarray(bindingStart), secureAad(place));
    }
    this.#unbound(await this.#binding(), place, sealed);
    return sealed.subarray(ciphertextStart);
  }

  fingerprint(value: string): Promise<string> {
    return this.#keys.fingerprint(Buffer.from(value));
  }

  /** `OpenFailed` where it was bound to another place. */
  #unbound(key: HmacKey, place: ValuePlace, sealed: Uint8Array): Ciphertext {
    const known = this.#bound.get(sealed);
    if (known !== undefined && isSamePlace(known, place)) return known.ciphertext;
    const blob = sealed.subarray(ciphertextStart);
    const binding = sealed.subarray(bindingStart, ciphertextStart);
    const isWhole = blob.length > 0;
    if (!isWhole || !timingSafeEqual(bindingOf(key, textOf(place), blob), binding)) {
      throw new OpenFailed();
    }
    const ciphertext = unpackCiphertext(blob);
    const { arn, id, version } = place;
    this.#bound.set(sealed, { arn, id, version, ciphertext });
    return ciphertext;
  }

  async #plain(): Promise<KeyObject> {
    this.#plainKey ??= createSecretKey(await this.#sealedKeys.secret("parameter-values"));
    return this.#plainKey;
  }

  #binding(): Soon<HmacKey> {
    return this.#bindingKey ?? this.#openBinding();
  }

  async #openBinding(): Promise<HmacKey> {
    this.#bindingKey = new HmacKey(await this.#sealedKeys.secret("parameter-bindings"));
    return this.#bindingKey;
  }
}

/** Otherwise it is an envelope of the vault's. */
export function isEncryptedByKms(sealed: Uint8Array): boolean {
  return sealed[0] === encryptedByKms || sealed[0] === sealedOnceMore;
}

/** AWS's context for a parameter. */
export function parameterContext({ arn }: ValuePlace): Record<string, string> {
  return { PARAMETER_ARN: arn };
}

/** Beside it, what binds the value to its version. */
export function envelopeContext(place: ValuePlace): Record<string, string> {
  return { ...parameterContext(place), id: place.id, version: String(place.version) };
}

function isSamePlace(one: ValuePlace, other: ValuePlace): boolean {
  return one.id === other.id && one.version === other.version && one.arn === other.arn;
}

/** No ARN and no id has a line's end, so no two places are written alike. */
function textOf({ arn, id, version }: ValuePlace): string {
  return `${arn}\n${id}\n${version}\n`;
}

function bindingOf(key: HmacKey, place: string, ciphertext: Uint8Array): Buffer {
  const { buffer, byteOffset, byteLength } = ciphertext;
  const bytes = Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
  return Buffer.from(key.digest(place + bytes), "hex");
}

function secureAad({ arn, id, version }: ValuePlace): string {
  return JSON.stringify(["secure parameter", arn, id, version]);
}

function plainAad({ arn, id, version }: ValuePlace): string {
  return JSON.stringify(["parameter", arn, id, version]);
}
