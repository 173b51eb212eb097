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

/** Ours: AWS revokes no versions. */
export function versionRevoked(): ApiError {
  return invalidRequest(
    "You can't perform this operation on the secret version because it was revoked.",
  );
}

export function notOnReplica(): ApiError {
  return invalidParameter(
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  );
}

export function onlyOnReplica(): ApiError {
  return invalidParameter(
    "Operation only permitted on a replica secret. Call must be made in the replica secret's region.",
  );
}

export function hasReplicas(arn: string, regions: readonly string[]): ApiError {
  return invalidParameter(
    `You can't delete secret ${arn} that still has replica regions [${regions.join(", ")}].`,
  );
}

export function invalidReplicaRegion(): ApiError {
  return invalidParameter("Invalid replica region.");
}

export function stageHeldElsewhere(label: string, versionId: string): ApiError {
  return invalidParameter(
    `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${versionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
  );
}

export function stageNotThere(label: string): ApiError {
  return invalidParameter(
    `When you move staging label ${label}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${label}.`,
  );
}

export function currentMustStay(): ApiError {
  return invalidParameter(
    "You can only move staging label AWSCURRENT to a different secret version. It can\u2019t be completely removed.",
  );
}

export function tooManyTags(tagsMax: number): ApiError {
  return invalidParameter(`You can't attach more than ${tagsMax} tags to a secret.`);
}

export function systemTag(key: string): ApiError {
  return invalidParameter(`You can't modify system tags. Tag key: '${key}'.`);
}

export function tooManyStages(stagesMax: number): ApiError {
  return limitExceeded(`A secret can't have more than ${stagesMax} staging labels.`);
}

export function versionIsCurrent(): ApiError {
  return invalidRequest("The secret version is AWSCURRENT.");
}

export function rotationNotConfigured(): ApiError {
  return invalidRequest("No Lambda rotation function ARN is associated with this secret.");
}

export function rotationInProgress(): ApiError {
  return invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
}

/** Ours, by AWS's form: its rotator is chosen by the type. */
export function typeInUse(): ApiError {
  return invalidRequest(
    "You can't change the type of the secret because a previous rotation isn't complete.",
  );
}

/** Another account can't be let into the AWS managed key. */
export function defaultKeyAcrossAccounts(): ApiError {
  return invalidRequest(
    "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
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

export function tooManyFilters(filtersMax: number): ApiError {
  return invalidParameter(
    `The filter list has too many filters. You can include up to ${filtersMax} filters.`,
  );
}

export function invalidNextToken(): ApiError {
  return new ApiError("InvalidNextTokenException", "The NextToken value is invalid.");
}

/** KMS refuses the key: it is disabled, about to go or gone. As AWS does, it quotes KMS. */
export function encryptionFailure(cause: ApiError): ApiError {
  const message = `Secrets Manager can't encrypt the secret value: ${quoted(cause)}`;
  return new ApiError("EncryptionFailure", message, { cause });
}

export function decryptionFailure(cause: ApiError): ApiError {
  const message = `Secrets Manager can't decrypt the secret value: ${quoted(cause)}`;
  return new ApiError("DecryptionFailure", message, { cause });
}

/** AWS has KMS's own request id here, too: in the vault there is one request. */
function quoted({ message, code }: ApiError): string {
  return `${message} (Service: AWSKMS; Status Code: 400; Error Code: ${code})`;
}

function notFound(message: string): ApiError {
  return new ApiError("ResourceNotFoundException", message);
}
