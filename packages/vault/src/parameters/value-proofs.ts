/** Whether the stored value of a parameter is whole; as `keys/value-proofs.ts`, it reveals nothing. */
import type { KeyRecord } from "../keys/keys.ts";
import type { ValueProofs } from "../keys/value-proofs.ts";
import type { VersionRecord } from "./records.ts";
import {
  envelopeContext,
  isEncryptedByKms,
  type ParameterValues,
  parameterContext,
  type ValuePlace,
} from "./values.ts";

/**
 * `key` is the one that the record names; only a SecureString has one. Throws OpenFailed where the
 * value doesn't open, or belongs elsewhere.
 */
export async function isParameterWhole(
  { values, proofs }: { readonly values: ParameterValues; readonly proofs: ValueProofs },
  place: ValuePlace,
  { fingerprint }: VersionRecord,
  sealed: Uint8Array,
  key: KeyRecord | undefined,
): Promise<boolean> {
  if (key === undefined) {
    return proofs.isValue(Buffer.from(await values.openPlain(place, sealed)), fingerprint);
  }
  if (!isEncryptedByKms(sealed)) {
    return proofs.isInEnvelope(key, sealed, envelopeContext(place), fingerprint);
  }
  const ciphertext = await values.ciphertext(place, sealed);
  return proofs.isEncrypted(key, ciphertext, parameterContext(place), fingerprint);
}
