/**
 * A resource policy that a request brings: read, bound to those whom it names, and judged.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
 */
import type { CompiledPolicy } from "../../authorization/compile.ts";
import { ApiError } from "../../errors.ts";
import type { SecretPolicy, SecretResource } from "../../secrets/records.ts";
import { compileSecretPolicy, principalsOfSecretPolicy } from "../../secrets/resource-policies.ts";
import { string } from "../../shapes/shapes.ts";
import type { Call } from "../operation.ts";

export const resourcePolicy = string({ min: 1, max: 20_480 });

export const publicMessage =
  "You can't attach a resource-based policy that allows broad access to the secret.";
export const lockoutMessage =
  "Your requested changes will not allow you to manage this secret in the future.";

export interface ReadPolicy {
  readonly policy: SecretPolicy;
  readonly compiled: CompiledPolicy;
}

/**
 * The policy, ready to be stored. Throws MalformedPolicyDocumentException for one that isn't
 * understood in full or names who doesn't exist.
 */
export async function readResourcePolicy(
  call: Call,
  arn: string,
  document: string,
): Promise<ReadPolicy> {
  const named = understood(() => principalsOfSecretPolicy(document));
  // GetResourcePolicy shows the id of who is gone: that one can't be let in again.
  if (named.some((principal) => /^A(?:IDA|ROA)/.test(principal))) throw unsupportedPrincipal();
  const principals = await call.vault.principals.named.bind(named, unsupportedPrincipal);
  const policy = { document, principals };
  return { policy, compiled: understood(() => compileSecretPolicy(arn, policy)) };
}

/** Whether the caller could no longer change the policy once it is there. */
export function locksOut(call: Call, secret: SecretResource, policy: CompiledPolicy): boolean {
  return !call.isAllowed("secretsmanager:PutResourcePolicy", { ...secret, policy });
}

export function malformedPolicy(message: string): ApiError {
  return new ApiError("MalformedPolicyDocumentException", message);
}

/** Secrets Manager has a name of its own for IAM's error, and says less of what is wrong. */
function understood<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw error.message.startsWith("Invalid principal in policy")
      ? unsupportedPrincipal()
      : malformedPolicy("This resource policy contains a syntax error.");
  }
}

function unsupportedPrincipal(): ApiError {
  return malformedPolicy("This resource policy contains an unsupported principal.");
}
