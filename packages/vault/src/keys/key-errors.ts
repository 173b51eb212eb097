/** KMS's errors in KMS's words, as AWS was recorded to say them. */
import { ApiError } from "../errors.ts";

export function keyNotFound(arn: string): ApiError {
  return new ApiError("NotFoundException", `Key '${arn}' does not exist`);
}

export function aliasNotFound(arn: string): ApiError {
  return new ApiError("NotFoundException", `Alias ${arn} is not found.`);
}

export function invalidKeyId(keyId: string): ApiError {
  return new ApiError("NotFoundException", `Invalid keyId '${keyId}'`);
}

/** Where nothing but a key's own id or ARN will do. */
export function aliasNotSupported(): ApiError {
  return new ApiError("InvalidArnException", "Key Aliases are not supported for this operation.");
}

/** What is wrong with an ARN: AWS names the region where that is another one. */
export function invalidArn(what: string): ApiError {
  return new ApiError("NotFoundException", `Invalid arn ${what}`);
}

export function keyDisabled(arn: string): ApiError {
  return new ApiError("DisabledException", `${arn} is disabled.`);
}

export function keyPendingDeletion(arn: string): ApiError {
  return new ApiError("KMSInvalidStateException", `${arn} is pending deletion.`);
}

export function keyNotPendingDeletion(arn: string): ApiError {
  return new ApiError("KMSInvalidStateException", `${arn} is not pending deletion.`);
}

export function rotationLimitReached(arn: string): ApiError {
  return limitExceeded(
    "The on-demand rotations limit has been reached for the given keyId. " +
      `No more on-demand rotations can be performed for this key: ${arn}`,
  );
}

export function tooManyTags(): ApiError {
  return new ApiError("TagException", "Too many tags");
}

export function grantNotFound(grantId: string): ApiError {
  return new ApiError("NotFoundException", `Grant ID ${grantId} not found`);
}

export function invalidGrantId(): ApiError {
  return new ApiError("InvalidGrantIdException", "The grant ID is not valid.");
}

export function invalidGrantToken(): ApiError {
  return new ApiError("InvalidGrantTokenException", "The grant token is not valid.");
}

/** AWS says nothing at all here, so that a ciphertext can't be probed. */
export function invalidCiphertext(): ApiError {
  return new ApiError("InvalidCiphertextException", "");
}

export function incorrectKey(): ApiError {
  return new ApiError(
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.",
  );
}

export function aliasAlreadyExists(arn: string): ApiError {
  return new ApiError("AlreadyExistsException", `An alias with the name ${arn} already exists`);
}

export function limitExceeded(message: string): ApiError {
  return new ApiError("LimitExceededException", message);
}

export function invalidMarker(): ApiError {
  return new ApiError("InvalidMarkerException", "Could not deserialize marker.");
}
