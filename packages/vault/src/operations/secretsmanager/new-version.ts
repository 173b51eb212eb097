/** A version that a request brings, with the permits that KMS wants for it. */
import type { KeyResource } from "../../keys/keys.ts";
import type { SecretPermit } from "../../secrets/records.ts";
import type { NewVersion } from "../../secrets/sealing.ts";
import type { SecretValue } from "../../secrets/value.ts";
import type { Call } from "../operation.ts";
import { authorizeKey, authorizeOpening } from "./encryption-key.ts";

export async function permitNewVersion(
  call: Call,
  permit: SecretPermit<"CreateSecret" | "PutSecretValue" | "UpdateSecret">,
  versionId: string,
  value: SecretValue,
  key: KeyResource,
): Promise<NewVersion> {
  const { arn } = permit.resource;
  const keyPermit = await authorizeKey(call, "kms:GenerateDataKey", key, arn, versionId);
  // A token that is in use asks for a comparison with what is stored: AWS decrypts for it, and
  // without the permission to decrypt nobody may find a value by guessing.
  for (const { body } of await call.vault.secrets.versions(permit, [versionId])) {
    await authorizeOpening(call, arn, body);
  }
  return { versionId, value, keyPermit };
}
