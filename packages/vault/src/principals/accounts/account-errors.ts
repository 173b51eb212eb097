/** AWS Organizations' errors in AWS's words. */
import { ApiError, accessDenied } from "../../errors.ts";

export function notInOrganization(): ApiError {
  return new ApiError(
    "AWSOrganizationsNotInUseException",
    "Your account is not a member of an organization.",
  );
}

/** What a member account hears that asks for what is the management account's alone. */
export function onlyForManagementAccount(): ApiError {
  return accessDenied("You don't have permissions to access this resource.");
}

export function alreadyInOrganization(): ApiError {
  return new ApiError(
    "AlreadyInOrganizationException",
    "The AWS account is already a member of an organization.",
  );
}

export function accountNotFound(): ApiError {
  return new ApiError("AccountNotFoundException", "You specified an account that doesn't exist.");
}

/** The same of ListParents, which is asked about units too. */
export function childNotFound(): ApiError {
  return new ApiError("ChildNotFoundException", "You specified a child that doesn't exist.");
}

export function creationNotFound(): ApiError {
  return new ApiError(
    "CreateAccountStatusNotFoundException",
    "You specified a create account request that doesn't exist.",
  );
}

export function tooManyCreations(): ApiError {
  return new ApiError(
    "ConstraintViolationException",
    "You have exceeded the number of account creation requests that are kept.",
    { detail: { Reason: "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED" } },
  );
}
