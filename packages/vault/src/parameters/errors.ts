/** Parameter Store's refusals in AWS's words, as recorded from the service where they could be. */
import { ApiError, validationError } from "../errors.ts";

/** AWS sends this one without a message. */
export function parameterNotFound(): ApiError {
  return new ApiError("ParameterNotFound", "");
}

export function versionNotFound(version: string, name: string): ApiError {
  return new ApiError(
    "ParameterVersionNotFound",
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );
}

export function labelNotFound(label: string, name: string): ApiError {
  return new ApiError(
    "ParameterVersionNotFound",
    `Systems Manager could not find label ${label} of ${name}. Verify the label and try again.`,
  );
}

export function parameterAlreadyExists(): ApiError {
  return new ApiError(
    "ParameterAlreadyExists",
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  );
}

export function tagsWithOverwrite(): ApiError {
  return validationError(
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
  );
}

export function tooManyTags(): ApiError {
  return new ApiError(
    "TooManyTagsError",
    "The Targets parameter includes too many tags. Remove one or more tags and try the command again.",
  );
}

export function typeRequired(): ApiError {
  return validationError("A parameter type is required when you create a parameter.");
}

export function keyIdWithoutSecureString(): ApiError {
  return validationError("KeyId is required for SecureString type parameter only.");
}

export function unsupportedDataType(dataType: string): ApiError {
  return validationError(
    `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
  );
}

export function nestedParameter(): ApiError {
  return validationError(
    `Parameter value can't nest another parameter. Do not use "{{}}" in the value.`,
  );
}

export function standardValueTooLarge(): ApiError {
  return validationError(
    "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html",
  );
}

export function advancedValueTooLarge(): ApiError {
  return validationError(
    "The specified parameter value is too large. Advanced-tier parameters support a maximum parameter value of 8192 characters.",
  );
}

export function tierDowngrade(): ApiError {
  return validationError(
    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware that standard parameters have a value limit of 4096 characters.",
  );
}

export function standardLimitExceeded(limit: number): ApiError {
  return new ApiError(
    "ParameterLimitExceeded",
    `You have reached the maximum number of standard parameters for this AWS account and Region (${limit}). To add more parameters, either delete existing parameters or upgrade to the advanced-parameter tier (charges apply).`,
  );
}

export function advancedLimitExceeded(limit: number): ApiError {
  return new ApiError(
    "ParameterLimitExceeded",
    `You have reached the maximum number of advanced parameters for this AWS account and Region (${limit}). To add more parameters, delete existing parameters.`,
  );
}

export function patternMismatch(pattern: string): ApiError {
  return new ApiError(
    "ParameterPatternMismatchException",
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );
}

export function invalidAllowedPattern(): ApiError {
  return new ApiError(
    "InvalidAllowedPatternException",
    "The request doesn't meet the regular expression requirement.",
  );
}

export function invalidNextToken(): ApiError {
  return new ApiError("InvalidNextToken", "The specified token isn't valid.");
}

export function duplicateNames(): ApiError {
  return validationError("The request contains duplicate parameter names.");
}
