/** The permit for an action on the key that a request names, with KMS's condition keys. */
import type { Permit } from "../../authorization/authorize.ts";
import { ApiError, accessDenied } from "../../errors.ts";
import { parseKeyId } from "../../keys/key-id.ts";
import type { KeyResource } from "../../keys/key-record.ts";
import type { Scope } from "../../scope.ts";
import { keyAttributes, keyConditions } from "../key-use.ts";
import type { Call } from "../operation.ts";

/** Of a request that encrypts or decrypts. */
interface KeyUse {
  readonly EncryptionContext?: Readonly<Record<string, string>> | undefined;
  readonly EncryptionAlgorithm?: string | undefined;
}

/** Finds the key by its KeyId in any form and asks for `action` on it. */
export async function authorizeKey<Action extends `kms:${string}`>(
  call: Call,
  action: Action,
  keyId: string,
  use?: KeyUse,
): Promise<Permit<Action, KeyResource>> {
  const named = parseKeyId(call.scope, keyId);
  const key = await locate(call, action, keyId, named.scope);
  return call.authorize(action, key, {
    ...keyAttributes(key),
    ...keyConditions(call, use?.EncryptionContext ?? {}),
    ...(use && { "kms:EncryptionAlgorithm": use.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT" }),
    ...(named.type === "alias" && { "kms:RequestAlias": named.aliasName }),
  });
}

/** Whether a stranger's key exists is the stranger's affair: AWS answers as if it were denied. */
async function locate(
  call: Call,
  action: string,
  keyId: string,
  owner: Scope,
): Promise<KeyResource> {
  try {
    return await call.vault.keys.locate(call.scope, keyId);
  } catch (error) {
    const isStrangers = owner.accountId !== call.scope.accountId;
    if (!isStrangers || !(error instanceof ApiError)) throw error;
    throw accessDenied(
      `User: ${call.principal.arn} is not authorized to perform: ${action} on resource: ${keyId} ` +
        "because the resource does not exist in this Region, no resource-based policies allow " +
        "access, or a resource-based policy explicitly denies access",
    );
  }
}
