/**
 * How values lie in the database: never in the clear. A SecureString is sealed under its KMS key,
 * which needs the caller's permit; String and StringList need no key permission on AWS, so they
 * are sealed under a key of the vault's own. Both are bound to the ARN, the parameter's life and
 * the version: a ciphertext that was moved to another row doesn't open.
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import type { Permit } from "../authorization/authorize.ts";
import { open, seal } from "../encryption/seal.ts";
import type { KeyResource, Keys } from "../keys/keys.ts";
import type { SealedKeys } from "../keys/sealed-keys.ts";

/** Which value it is; what its seal covers. */
export interface ValuePlace {
  readonly arn: string;
  readonly id: string;
  readonly version: number;
}

export type SealPermit = Permit<"kms:Encrypt" | "kms:GenerateDataKey", KeyResource>;

export class ParameterValues {
  readonly #keys: Keys;
  readonly #sealedKeys: SealedKeys;
  #plainKey: KeyObject | undefined;

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

  sealSecure(permit: SealPermit, place: ValuePlace, value: string): Promise<Buffer> {
    return this.#keys.sealValue(permit, Buffer.from(value), secureContext(place));
  }

  async openSecure(
    permit: Permit<"kms:Decrypt", KeyResource>,
    place: ValuePlace,
    sealed: Uint8Array,
  ): Promise<string> {
    return (await this.#keys.openValue(permit, sealed, secureContext(place))).toString();
  }

  fingerprint(value: string): Promise<string> {
    return this.#keys.fingerprint(Buffer.from(value));
  }

  async #plain(): Promise<KeyObject> {
    this.#plainKey ??= createSecretKey(await this.#sealedKeys.secret("parameter-values"));
    return this.#plainKey;
  }
}

/** AWS's context for a parameter is PARAMETER_ARN; the rest binds the value to its version. */
function secureContext({ arn, id, version }: ValuePlace): Record<string, string> {
  return { PARAMETER_ARN: arn, id, version: String(version) };
}

function plainAad({ arn, id, version }: ValuePlace): string {
  return JSON.stringify(["parameter", arn, id, version]);
}
