/** Permits on secrets, with the condition keys that every Secrets Manager action has. */
import { keySource } from "../../authorization/request-context.ts";
import type { ConditionKeys, KeySource } from "../../authorization/types.ts";
import type { SecretPermit, SecretResource } from "../../secrets/records.ts";
import type { Call } from "../operation.ts";

/**
 * The permit to do `action` on the secret, or AccessDenied: asked before anything tells whether
 * there is such a secret.
 *
 * @example authorizeSecret(call, "secretsmanager:DeleteSecret", secret, { "secretsmanager:…": "7" })
 */
export function authorizeSecret<Action extends string>(
  call: Call,
  action: `secretsmanager:${Action}`,
  secret: SecretResource,
  keys: ConditionKeys | KeySource = {},
): SecretPermit<Action> {
  const others = typeof keys === "function" ? keys : keySource(keys);
  const ofSecret = secretKeys(secret);
  return call.authorize(action, secret, (name) => ofSecret(name) ?? others(name));
}

/** What every action on the secret may be made to depend on. */
export function secretKeys({ arn, record, scope }: SecretResource): KeySource {
  return (name) => {
    if (name === "secretsmanager:secretid") return arn;
    if (name === "secretsmanager:secretprimaryregion") {
      return record?.primaryRegion ?? scope.region;
    }
    if (name === "secretsmanager:resource/allowrotationlambdaarn") {
      return record?.rotation?.lambdaArn;
    }
    return undefined;
  };
}

/**
 * Throws AccessDenied where a change of tags would take from the caller the permission to make it:
 * AWS blocks that, so that nobody locks themselves out by a tag.
 */
export function requireKept(
  call: Call,
  action: "secretsmanager:TagResource" | "secretsmanager:UntagResource",
  secret: SecretResource,
  tags: Readonly<Record<string, string>>,
  keys: ConditionKeys,
): void {
  authorizeSecret(call, action, { ...secret, tags }, keys);
}
