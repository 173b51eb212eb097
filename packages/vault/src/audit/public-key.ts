/** The public key that a trail is verified with, as it was exported. */
import { createPublicKey } from "node:crypto";
import { keyIdOf } from "./chain.ts";
import type { TrustedKeys } from "./verify.ts";

/** Trusts this key alone. Throws if the text is no key in PEM. */
export function trustedKey(pem: string): TrustedKeys {
  const publicKey = createPublicKey(pem).export({ format: "der", type: "spki" });
  const id = keyIdOf(publicKey);
  return (keyId) => (keyId === id ? publicKey : undefined);
}
