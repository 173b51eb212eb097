/**
 * The KMS key of a secret, and the caller's permits to use it through Secrets Manager.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
import type { Permit } from "../../authorization/authorize.ts";
import type { ConditionKeys } from "../../authorization/types.ts";
import { ApiError, accessDenied } from "../../errors.ts";
import { requireState } from "../../keys/key-states.ts";
import type { KeyResource } from "../../keys/keys.ts";
import type { Scope } from "../../scope.ts";
import {
  decryptionFailure,
  defaultKeyAcrossAccounts,
  encryptionFailure,
  invalidParameter,
} from "../../secrets/errors.ts";
import { encryptionContext, type SecretRecord, type VersionRecord } from "../../secrets/records.ts";
import { rescued, type Soon, soon } from "../../soon.ts";
import { authorizeKeyUse } from "../key-use.ts";
import type { Call } from "../operation.ts";

export const managedAlias = "alias/aws/secretsmanager";

/** The KmsKeyId that is kept with the secret: nothing where it is the AWS managed key. */
export function customerKeyId(
  { region, accountId }: Scope,
  kmsKeyId: string | undefined,
): string | undefined {
  const arn = `arn:aws:kms:${region}:${accountId}:${managedAlias}`;
  return ["", managedAlias, arn].includes(kmsKeyId ?? "") ? undefined : kmsKeyId;
}

/**
 * The key that new versions are sealed with, as the secret's account and region know it; the AWS
 * managed one unless another is named.
 */
export async function locateKey(
  { vault: { keys } }: Call,
  scope: Scope,
  kmsKeyId: string | undefined,
): Promise<KeyResource> {
  const keyId = customerKeyId(scope, kmsKeyId);
  if (keyId === undefined) return keys.defaultKey(scope, managedAlias);
  try {
    return await keys.locate(scope, keyId);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw invalidParameter(`The operation failed because of an invalid KMS key: ${error.message}`);
  }
}

/** Throws where another account asks for a value under the AWS managed key, which lets none in. */
export function requireSharedKey(call: Call, { accountId, kmsKeyId }: SecretRecord): void {
  if (accountId !== call.scope.accountId && kmsKeyId === undefined) {
    throw defaultKeyAcrossAccounts();
  }
}

/** The condition keys of a request that names a key. The key may not exist: nothing says so yet. */
export async function namedKeyConditions(
  call: Call,
  scope: Scope,
  kmsKeyId: string | undefined,
): Promise<ConditionKeys> {
  if (kmsKeyId === undefined) return {};
  const named = { "secretsmanager:KmsKeyId": kmsKeyId };
  if (customerKeyId(scope, kmsKeyId) === undefined) return named;
  try {
    const { arn } = await call.vault.keys.locate(scope, kmsKeyId);
    return { ...named, "secretsmanager:KmsKeyArn": arn };
  } catch (error) {
    if (error instanceof ApiError) return named;
    throw error;
  }
}

/** The permit to use the key for one version of a secret. */
export function authorizeKey<Action extends "kms:Decrypt" | "kms:Encrypt" | "kms:GenerateDataKey">(
  call: Call,
  action: Action,
  key: KeyResource,
  arn: string,
  versionId: string,
): Soon<Permit<Action, KeyResource>> {
  const context = encryptionContext(arn, versionId);
  return rescued(
    () => authorizeKeyUse(call, action, key, "secretsmanager", context),
    (error) => {
      if (!(error instanceof ApiError)) throw error;
      // AWS stops after its first sentence; KMS's own says whom, which key and which action.
      throw accessDenied(`Access to KMS is not allowed. ${error.message}`, error);
    },
  );
}

/** The permit to open a version that is there, with the key that sealed it. */
export function authorizeOpening(
  call: Call,
  arn: string,
  { keyArn, versionId }: VersionRecord,
): Soon<Permit<"kms:Decrypt", KeyResource>> {
  const located = rescued(
    () => call.vault.keys.locate(call.scope, keyArn),
    (error) => {
      throw error instanceof ApiError ? decryptionFailure(error) : error;
    },
  );
  return soon(located, (key) => authorizeKey(call, "kms:Decrypt", key, arn, versionId));
}

/** Whoever gives a secret a key must be able to use it, also where there is nothing to seal yet. */
export async function requireKeyAccess(call: Call, key: KeyResource, arn: string): Promise<void> {
  const versionId = "RequestToValidateKeyAccess";
  await authorizeKey(call, "kms:GenerateDataKey", key, arn, versionId);
  await authorizeKey(call, "kms:Decrypt", key, arn, versionId);
  try {
    requireState("GenerateDataKey", key.record);
  } catch (error) {
    throw error instanceof ApiError ? encryptionFailure(error) : error;
  }
}
