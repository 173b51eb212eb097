/**
 * A key policy that a request brings: read, bound to those whom it names, and checked so that
 * nobody locks everybody out of a key by mistake.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
import type { ConditionKeys, Resource } from "../../authorization/types.ts";
import { ApiError } from "../../errors.ts";
import type { KeyPolicy } from "../../keys/key-administration.ts";
import { limitExceeded } from "../../keys/key-errors.ts";
import { compileKeyPolicy, principalsOfKeyPolicy } from "../../keys/key-resource.ts";
import { everyKey, keyConditions } from "../key-use.ts";
import type { Call } from "../operation.ts";

export const defaultPolicyName = "default";

const policyBytesMax = 32_768;

/** Throws NotFoundException for a name that no key policy has. */
export function requireDefault(policyName = defaultPolicyName): void {
  if (policyName === defaultPolicyName) return;
  throw new ApiError("NotFoundException", "No such policy exists");
}

export function bypassConditions(isBypassed = false): ConditionKeys {
  return { "kms:BypassPolicyLockoutSafetyCheck": String(isBypassed) };
}

/**
 * The policy, ready to be stored. Throws InvalidArnException for a principal's ARN that can be
 * nobody's, else MalformedPolicyDocumentException for a policy that isn't understood in full, names
 * who doesn't exist, or would keep its caller from changing it again.
 */
export async function readKeyPolicy(
  call: Call,
  key: Resource,
  document: string,
  isBypassed = false,
): Promise<KeyPolicy> {
  if (Buffer.byteLength(document) > policyBytesMax) {
    throw limitExceeded(`The key policy is larger than its limit of ${policyBytesMax} bytes`);
  }
  const named = understood(() => principalsOfKeyPolicy(document));
  // GetKeyPolicy shows the id of who is gone: that one can't be let in again.
  if (named.some((principal) => /^A(?:IDA|ROA)/.test(principal))) throw invalidPrincipals();
  const principals = await call.vault.principals.named.bind(named, invalidPrincipals);
  const policy = understood(() => compileKeyPolicy(key.arn, document, principals));
  const changed = { ...key, policy, isPolicyRequired: true };
  const conditions = { ...everyKey, ...keyConditions(call, {}), ...bypassConditions() };
  // Where the policy leaves it to the account, an administrator of the account can mend it.
  const isLeftToAccount = () =>
    policy.statements.some(
      (statement) =>
        statement.effect === "Allow" &&
        statement.isAbout("kms:PutKeyPolicy") &&
        statement.reach(call.principal) === "account",
    );
  if (
    !isBypassed &&
    !call.isAllowed("kms:PutKeyPolicy", changed, conditions) &&
    !isLeftToAccount()
  ) {
    throw malformed(
      "The new key policy will not allow you to update the key policy in the future.",
    );
  }
  return { document, principals };
}

/** What IAM says of a principal that has the form of an ARN of IAM's or STS' but is none. */
const strangeArn = /^Invalid principal in policy: "AWS":"arn:[\w-]+:(?:iam|sts)::/;

/** KMS has a name of its own for IAM's error, and says less of what is wrong with a principal. */
function understood<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (strangeArn.test(error.message)) throw invalidArnInPolicy();
    throw /principal/i.test(error.message) ? invalidPrincipals() : malformed(error.message);
  }
}

function invalidPrincipals(): ApiError {
  return malformed("Policy contains a statement with one or more invalid principals.");
}

function invalidArnInPolicy(): ApiError {
  return new ApiError("InvalidArnException", "An ARN in the specified key policy is invalid.");
}

function malformed(message: string): ApiError {
  return new ApiError("MalformedPolicyDocumentException", message);
}
