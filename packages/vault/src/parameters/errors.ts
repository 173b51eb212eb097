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

export function labelLimitExceeded(): ApiError {
  return new ApiError(
    "ParameterVersionLabelLimitExceeded",
    "A parameter version can have maximum 10 labels.Move one or more labels to another version and try again.",
  );
}

export function oldestVersionLabelled(name: string, version: number): ApiError {
  return new ApiError(
    "ParameterMaxVersionLimitExceeded",
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
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

export function reservedTag(): ApiError {
  return validationError("aws: prefixed tag key names are not allowed for external use.");
}

export function duplicateTag(key: string): ApiError {
  return validationError(`Duplicate tag key: ${key}`);
}

/** AWS sends these two without a message. */
export function invalidResourceId(): ApiError {
  return new ApiError("InvalidResourceId", "");
}

export function invalidResourceType(): ApiError {
  return new ApiError("InvalidResourceType", "");
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

export function policiesNeedAdvancedTier(): ApiError {
  return validationError("You can't assign parameter policies to a standard-parameter tier.");
}

export function invalidPolicies(text: string): ApiError {
  return validationError(`Invalid policies input: ${text}.`);
}

export function policiesLimitExceeded(limit: number): ApiError {
  return new ApiError(
    "PoliciesLimitExceededException",
    `Number of policies attached to a parameter cannot exceed ${limit}`,
  );
}

export function unsupportedPolicyType(type: unknown): ApiError {
  return new ApiError(
    "InvalidPolicyTypeException",
    `Policy type ${String(type)} is not supported.`,
  );
}

export function invalidPolicyAttribute(message: string): ApiError {
  return new ApiError("InvalidPolicyAttributeException", message);
}

export function incompatiblePolicies(message: string): ApiError {
  return new ApiError("IncompatiblePolicyException", message);
}

export function settingNotFound(): ApiError {
  return new ApiError(
    "ServiceSettingNotFound",
    "The specified service setting wasn't found. Either the service name or the setting hasn't been provisioned by the AWS service team.",
  );
}

export function invalidSettingValue(id: string, values: readonly string[]): ApiError {
  return validationError(
    `The value isn't valid for the service setting ${id}. Valid values include: [${values.join(", ")}].`,
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
