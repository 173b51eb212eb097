/** IAM's errors in AWS's words. */
import { ApiError, accessDenied, validationError } from "../errors.ts";

export function noSuchEntity(what: string): ApiError {
  return new ApiError("NoSuchEntity", `${what} cannot be found.`);
}

/** A policy's ARN that names nothing, or nothing that is attached here. */
export function policyNotFound(arn: string): ApiError {
  return new ApiError("NoSuchEntity", `Policy ${arn} was not found.`);
}

export function policyNotAttachable(arn: string): ApiError {
  return new ApiError("NoSuchEntity", `Policy ${arn} does not exist or is not attachable.`);
}

export function policyVersionNotFound(arn: string, versionId: string): ApiError {
  const message = `Policy ${arn} version ${versionId} does not exist or is not attachable.`;
  return new ApiError("NoSuchEntity", message);
}

/** AWS managed policies can be read and attached, never changed. */
export function policyOutsideAccount(): ApiError {
  return accessDenied("Policy is outside your own account.");
}

export function invalidArn(arn: string): ApiError {
  return validationError(`ARN ${arn} is not valid.`);
}

export function entityAlreadyExists(message: string): ApiError {
  return new ApiError("EntityAlreadyExists", message);
}

export function deleteConflict(message: string): ApiError {
  return new ApiError("DeleteConflict", message);
}

/** A trust policy's user or role that isn't there. */
export function invalidPrincipal(arn: string): ApiError {
  const message = `Invalid principal in policy: "AWS":"${arn}"`;
  return new ApiError("MalformedPolicyDocument", message);
}

/** `quota` is AWS's name for it: AccessKeysPerUser. */
export function quotaExceeded(quota: string, limit: number): ApiError {
  return new ApiError("LimitExceeded", `Cannot exceed quota for ${quota}: ${limit}`);
}

export function inlinePoliciesTooLarge(kind: string, name: string, limit: number): ApiError {
  const message = `Maximum policy size of ${limit} bytes exceeded for ${kind} ${name}`;
  return new ApiError("LimitExceeded", message);
}
