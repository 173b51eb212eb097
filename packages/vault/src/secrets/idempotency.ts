/** A ClientRequestToken becomes the version's id: a request that comes twice makes one version. */
import type { Storage } from "../storage/storage.ts";
import { tokenInUse } from "./errors.ts";
import { type SealedVersion, type SecretRecord, versionKey, versionTable } from "./records.ts";

/**
 * Whether this version has been put before. Throws where its token was used for another value:
 * versions never change. Fingerprints tell, without decrypting anything.
 */
export async function isRepeated(
  storage: Storage,
  secret: SecretRecord,
  { body }: SealedVersion,
): Promise<boolean> {
  const put = await storage.get(versionTable, versionKey(secret, body.versionId));
  if (put === undefined) return false;
  if (put.body.fingerprint === body.fingerprint && put.body.form === body.form) return true;
  throw tokenInUse(body.versionId, secret.arn);
}
