/** IAM's errors in AWS's words. */
import { ApiError, accessDenied, validationError } from "../errors.ts";
import type { Named } from "./records.ts";

export function noSuchEntity(what: string): ApiError {
  return new ApiError("NoSuchEntity", `${what} cannot be found.`);
}

export function entityNotFound(kind: Named["kind"], name: string): ApiError {
  const isProfile = kind === "instance-profile";
  return noSuchEntity(isProfile ? `Instance Profile ${name}` : `The ${kind} with name ${name}`);
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

/** The policy that was to be a permissions boundary. */
export function boundaryNotAttachable(arn: string): ApiError {
  const message = `Scope ARN: ${arn} does not exist or is not attachable.`;
  return new ApiError("NoSuchEntity", message);
}

export function invalidBoundaryArn(arn: string): ApiError {
  return new ApiError("InvalidInput", `ARN ${arn} is not valid.`);
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

export function providerExists(url: string): ApiError {
  return entityAlreadyExists(`Provider with url ${url} already exists.`);
}

export function providerNotFound(arn: string): ApiError {
  return new ApiError("NoSuchEntity", `OpenIDConnect Provider not found for arn ${arn}`);
}

/** What deletes a provider, and what is about its tags, has words of its own. */
export function providerCannotBeFound(arn: string): ApiError {
  return noSuchEntity(`OpenId connect Provider ${arn}`);
}

export function tooManyTags(): ApiError {
  return new ApiError("LimitExceeded", "The number of tags has reached the maximum limit.");
}

/** AWS makes these roles itself, each for one of its services. */
export function serviceLinkedPath(): ApiError {
  const message = "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles";
  return new ApiError("InvalidInput", message);
}
