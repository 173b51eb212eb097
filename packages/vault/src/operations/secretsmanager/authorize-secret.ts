/** Permits on secrets, with the condition keys that every Secrets Manager action has. */
import { keySource } from "../../authorization/request-context.ts";
import type { ConditionKeys, KeySource } from "../../authorization/types.ts";
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
  keys: ConditionKeys | KeySource = {},
): SecretPermit<Action> {
  const others = typeof keys === "function" ? keys : keySource(keys);
  return call.authorize(`secretsmanager:${action}`, secret, (name) => {
    if (name === "secretsmanager:secretid") return secret.arn;
    if (name === "secretsmanager:secretprimaryregion") return secret.scope.region;
    return others(name);
  });
}
