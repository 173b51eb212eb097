/** The permit for an action on the key that a request names, with KMS's condition keys. */
import type { Permit } from "../../authorization/authorize.ts";
import type { ConditionKeys, Resource } from "../../authorization/types.ts";
import { ApiError } from "../../errors.ts";
import type { GrantQuestion } from "../../keys/grants/grant-policies.ts";
import { parseKeyId, requireNoAlias } from "../../keys/key-id.ts";
import type { KeyResource } from "../../keys/key-resource.ts";
import { authorizeWithGrants, keyAttributes, keyConditions } from "../key-use.ts";
import type { Call } from "../operation.ts";

/** Of a request, whatever policies and grants may ask about. */
interface KeyUse {
  readonly EncryptionContext?: Readonly<Record<string, string>> | undefined;
  readonly GrantTokens?: readonly string[] | undefined;
  /** Condition keys that only this operation has. */
  readonly conditions?: ConditionKeys | undefined;
  readonly child?: GrantQuestion["child"];
  /** True where the caller named no key, but brought a ciphertext that names one. */
  readonly isNamedByCiphertext?: boolean;
}

type KeyPermit<Action extends string> = Promise<Permit<Action, KeyResource>>;

/** Finds the key by its KeyId in any form and asks for `action` on it. */
export async function authorizeKey<Action extends `kms:${string}`>(
  call: Call,
  action: Action,
  keyId: string,
  use: KeyUse = {},
): KeyPermit<Action> {
  const { EncryptionContext = {}, GrantTokens = [], conditions, child } = use;
  const named = parseKeyId(call.scope, keyId);
  const key = await locate(call, action, keyId, use);
  await call.vault.keys.grants.requireTokens(GrantTokens);
  const keys = {
    ...keyAttributes(key),
    ...keyConditions(call, EncryptionContext),
    ...conditions,
    ...(named.type === "alias" && { "kms:RequestAlias": named.aliasName }),
  };
  return authorizeWithGrants(call, action, key, keys, EncryptionContext, child);
}

/** The same with a ciphertext, which names its key to whoever doesn't. */
export async function authorizeKeyOf<Action extends `kms:${string}`>(
  call: Call,
  action: Action,
  keyId: string | undefined,
  ciphertextBlob: Uint8Array,
  use: KeyUse,
): KeyPermit<Action> {
  if (keyId !== undefined) return authorizeKey(call, action, keyId, use);
  const arn = call.vault.keys.keyArnOf(call.scope, ciphertextBlob);
  return authorizeKey(call, action, arn, { ...use, isNamedByCiphertext: true });
}

/** The same for what takes a key's id or ARN only: an alias is no name for a key here. */
export async function authorizeKeyById<Action extends `kms:${string}`>(
  call: Call,
  action: Action,
  keyId: string,
  use?: KeyUse,
): KeyPermit<Action> {
  requireNoAlias(call.scope, keyId);
  return authorizeKey(call, action, keyId, use);
}

/** The same for what nobody may do to another account's key, whatever its policy says. */
export async function authorizeOwnKey<Action extends `kms:${string}`>(
  call: Call,
  action: Action,
  keyId: string,
  conditions: ConditionKeys = {},
): KeyPermit<Action> {
  const { accountId } = parseKeyId(call.scope, keyId).scope;
  if (accountId !== call.scope.accountId) refuse(call, action, { arn: keyId, accountId });
  return authorizeKeyById(call, action, keyId, { conditions });
}

/** The conditions of a request that encrypts or decrypts. */
export function usingAlgorithm(algorithm = "SYMMETRIC_DEFAULT"): ConditionKeys {
  return { "kms:EncryptionAlgorithm": algorithm };
}

async function locate(
  call: Call,
  action: `kms:${string}`,
  keyId: string,
  { isNamedByCiphertext = false }: KeyUse,
): Promise<KeyResource> {
  try {
    const key = await call.vault.keys.locate(call.scope, keyId);
    return isNamedByCiphertext ? { ...key, isNamedByCiphertext } : key;
  } catch (error) {
    const { accountId } = parseKeyId(call.scope, keyId).scope;
    const isHidden = isNamedByCiphertext || accountId !== call.scope.accountId;
    if (!isHidden || !(error instanceof ApiError)) throw error;
    return refuse(call, action, { arn: keyId, accountId, isNamedByCiphertext });
  }
}

/**
 * Whether a stranger's key exists is the stranger's affair: one that doesn't, or that nobody else
 * may have, is denied in the words for a key whose policy lets nobody in. So is a ciphertext's key.
 */
function refuse(call: Call, action: string, hidden: Omit<Resource, "tags">): never {
  const closed = { ...hidden, tags: {}, isPolicyRequired: true };
  call.authorize(action, closed, keyConditions(call, {}));
  throw new Error("a key without a policy was open to another account");
}
