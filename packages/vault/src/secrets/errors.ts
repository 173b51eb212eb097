/** Secrets Manager's errors in Secrets Manager's words, as AWS was recorded to say them. */
import { ApiError } from "../errors.ts";

export function secretNotFound(): ApiError {
  return notFound("Secrets Manager can't find the specified secret.");
}

export function stageNotFound(versionStage: string): ApiError {
  return notFound(
    `Secrets Manager can't find the specified secret value for staging label: ${versionStage}`,
  );
}

export function versionNotFound(versionId: string): ApiError {
  return notFound(
    `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`,
  );
}

export function stageOnOtherVersion(): ApiError {
  return invalidRequest(
    "You provided a VersionStage that is not associated to the provided VersionId.",
  );
}

export function markedForDeletion(): ApiError {
  return invalidRequest(
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

export function alreadyScheduled(): ApiError {
  return invalidRequest(
    "You can't perform this operation on the secret because it was already scheduled for deletion.",
  );
}

export function nameScheduledForDeletion(): ApiError {
  return invalidRequest(
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
}

export function secretExists(name: string): ApiError {
  return new ApiError(
    "ResourceExistsException",
    `The operation failed because the secret ${name} already exists.`,
  );
}

export function tokenInUse(clientRequestToken: string, arn: string): ApiError {
  return new ApiError(
    "ResourceExistsException",
    `You can't use ClientRequestToken ${clientRequestToken} because that value is already in use for a version of secret ${arn}.`,
  );
}

export function limitExceeded(message: string): ApiError {
  return new ApiError("LimitExceededException", message);
}

export function invalidParameter(message: string): ApiError {
  return new ApiError("InvalidParameterException", message);
}

export function invalidRequest(message: string): ApiError {
  return new ApiError("InvalidRequestException", message);
}

export function invalidNextToken(): ApiError {
  return new ApiError("InvalidNextTokenException", "The NextToken value is invalid.");
}

/** The key is disabled, pending deletion or gone; the cause says which, to the log only. */
export function encryptionFailure(cause: unknown): ApiError {
  return new ApiError(
    "EncryptionFailure",
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
    { cause },
  );
}

export function decryptionFailure(cause: unknown): ApiError {
  return new ApiError(
    "DecryptionFailure",
    "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
    { cause },
  );
}

function notFound(message: string): ApiError {
  return new ApiError("ResourceNotFoundException", message);
}
