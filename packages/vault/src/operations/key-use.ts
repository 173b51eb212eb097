/**
 * Permits to use a KMS key: by its policy and the caller's own, or by a grant. Secrets Manager and
 * Parameter Store use a key as the caller and through their service, so `kms:ViaService` and the
 * encryption context can be asked for.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
import type { Permit } from "../authorization/authorize.ts";
import { keySource } from "../authorization/request-context.ts";
import type { ConditionKeys, KeySource } from "../authorization/types.ts";
import type { GrantQuestion } from "../keys/grants/grant-policies.ts";
import type { EncryptionContext, KeyResource } from "../keys/keys.ts";
import type { Soon } from "../soon.ts";
import type { Call } from "./operation.ts";

/** The permit to use `key` for a secret or parameter, or AccessDenied. */
export function authorizeKeyUse<
  Action extends "kms:Decrypt" | "kms:Encrypt" | "kms:GenerateDataKey",
>(
  call: Call,
  action: Action,
  key: KeyResource,
  service: "secretsmanager" | "ssm",
  context: EncryptionContext,
): Soon<Permit<Action, KeyResource>> {
  let others: KeySource | undefined;
  const keys: KeySource = (name) => {
    // AWS's own keys ask about these two at every read; the others are made if a policy asks.
    if (name === "kms:viaservice") return `${service}.${call.scope.region}.amazonaws.com`;
    if (name === "kms:calleraccount") return call.principal.accountId;
    others ??= keySource({
      "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
      ...keyAttributes(key),
      ...keyConditions(call, context),
    });
    return others(name);
  };
  return authorizeWithGrants(call, action, key, keys, context);
}

/**
 * The permit by policies or, where they don't give it, by a grant. Keys that never had a grant
 * cost nothing more. An explicit deny is one with a grant too.
 */
export function authorizeWithGrants<Action extends `kms:${string}`>(
  call: Call,
  action: Action,
  key: KeyResource,
  keys: ConditionKeys | KeySource,
  encryptionContext: EncryptionContext,
  child?: GrantQuestion["child"],
): Soon<Permit<Action, KeyResource>> {
  if (key.record.hasGrants !== true || call.isAllowed(action, key, keys)) {
    return call.authorize(action, key, keys);
  }
  const operation = action.slice("kms:".length);
  const asked = { operation, encryptionContext, child };
  return call.vault.keys.grants
    .resourceFor(key, call.principal, action, asked)
    .then((granted) => call.authorize(action, granted ?? key, keys));
}

/** What condition keys tell of every key of this vault, also of one that is about to be made. */
export const everyKey: ConditionKeys = {
  "kms:KeySpec": "SYMMETRIC_DEFAULT",
  "kms:KeyUsage": "ENCRYPT_DECRYPT",
  "kms:KeyOrigin": "AWS_KMS",
  "kms:MultiRegion": "false",
};

/** The condition keys that tell what the key is, whatever is asked of it. */
export function keyAttributes({ record }: KeyResource): ConditionKeys {
  return {
    ...everyKey,
    ...(record.aliases.length > 0 && { "kms:ResourceAliases": record.aliases }),
  };
}

/** The condition keys of any KMS operation that takes an encryption context. */
export function keyConditions(call: Call, context: EncryptionContext): ConditionKeys {
  const names = Object.keys(context);
  return {
    "kms:CallerAccount": call.principal.accountId,
    ...(names.length > 0 && { "kms:EncryptionContextKeys": names }),
    ...Object.fromEntries(
      names.map((name) => [`kms:EncryptionContext:${name}`, context[name] ?? ""]),
    ),
  };
}
