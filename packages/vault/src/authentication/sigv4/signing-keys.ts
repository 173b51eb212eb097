/**
 * Signing keys, derived from a secret for one day, region and service. Deriving costs four HMACs,
 * so keys are kept with the credential they came from for as long as that lives.
 */
import { createHmac } from "node:crypto";
import { HmacKey } from "../../encryption/hmac.ts";
import type { Credential } from "../../principals/credential.ts";
import type { ScopedCredential } from "./credential-scope.ts";

/** The region is the caller's choice: what one credential may occupy is bounded. */
const scopesMax = 16;

export class SigningKeys {
  readonly #keys = new WeakMap<Credential, Map<string, HmacKey>>();

  /** Asks `isSignedBy` about the key, and keeps a new one only if it has proved itself. */
  verify(
    credential: Credential,
    scoped: ScopedCredential,
    isSignedBy: (key: HmacKey) => boolean,
  ): boolean {
    const known = this.#keys.get(credential)?.get(scoped.scope);
    if (known !== undefined) return isSignedBy(known);
    const derived = deriveSigningKey(credential.secretAccessKey, scoped);
    const isGenuine = isSignedBy(derived);
    if (isGenuine) this.#keep(credential, scoped.scope, derived);
    return isGenuine;
  }

  #keep(credential: Credential, scope: string, key: HmacKey): void {
    const keys = this.#keys.get(credential) ?? new Map<string, HmacKey>();
    this.#keys.set(credential, keys);
    keys.set(scope, key);
    if (keys.size <= scopesMax) return;
    for (const oldest of keys.keys()) {
      keys.delete(oldest);
      break;
    }
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function deriveSigningKey(secretAccessKey: string, scoped: ScopedCredential): HmacKey {
  let key = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of [scoped.date, scoped.region, scoped.service, scoped.terminator]) {
    key = createHmac("sha256", key).update(part).digest();
  }
  return new HmacKey(key);
}
