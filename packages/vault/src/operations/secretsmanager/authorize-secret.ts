/** Permits on secrets, with the condition keys that every Secrets Manager action has. */
import type { ConditionKeys } from "../../authorization/types.ts";
import type { SecretPermit, SecretResource } from "../../secrets/records.ts";
import type { Call } from "../operation.ts";

/**
 * The permit to do `action` on the secret, or AccessDenied: asked before anything tells whether
 * there is such a secret.
 *
 * @example authorizeSecret(call, "DeleteSecret", secret, { "secretsmanager:…": "7" })
 */
export function authorizeSecret<Action extends string>(
  call: Call,
  action: Action,
  secret: SecretResource,
  keys: ConditionKeys = {},
): SecretPermit<Action> {
  return call.authorize(`secretsmanager:${action}`, secret, {
    "secretsmanager:SecretId": secret.arn,
    "secretsmanager:SecretPrimaryRegion": secret.scope.region,
    ...tagConditions(secret.tags),
    ...keys,
  });
}

function tagConditions(tags: Readonly<Record<string, string>>): ConditionKeys {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`secretsmanager:ResourceTag/${key}`, value]),
  );
}
