/** Tags given to IAM's resources: rules, permission, condition keys. */
import type { ConditionKeys, Resource } from "../../authorization/types.ts";
import { ApiError } from "../../errors.ts";
import type { Tag } from "../../principals/records.ts";
import { isReservedTag } from "../../principals/tagging.ts";
import type { Call } from "../operation.ts";
import { requestTagConditions } from "../request-tags.ts";

export type TagsInput = readonly { readonly Key: string; readonly Value: string }[] | undefined;

/** A user's and role's tag keys are unique without regard to case: `aws:PrincipalTag` is. */
export function principalTags(input: TagsInput): readonly Tag[] {
  const keys = new Set(input?.map(({ Key }) => Key.toLowerCase()));
  if (keys.size < (input?.length ?? 0)) {
    throw duplicateKeys(" Please note that Tag keys are case insensitive.");
  }
  return records(input);
}

export function policyTags(input: TagsInput): readonly Tag[] {
  const keys = new Set(input?.map(({ Key }) => Key));
  if (keys.size < (input?.length ?? 0)) throw duplicateKeys("");
  return records(input);
}

export function requestTags(input: TagsInput): ConditionKeys {
  return requestTagConditions(
    Object.fromEntries((input ?? []).map(({ Key, Value }) => [Key, Value])),
  );
}

/** What policies may ask about tags that are taken away. */
export function tagKeyConditions(keys: readonly string[]): ConditionKeys {
  return keys.length === 0 ? {} : { "aws:TagKeys": keys };
}

/** To create something with tags takes the permission to tag it as well. */
export function authorizeTags(
  call: Call,
  action:
    | "iam:TagUser"
    | "iam:TagRole"
    | "iam:TagInstanceProfile"
    | "iam:TagPolicy"
    | "iam:TagOpenIDConnectProvider",
  resource: Resource,
  input: TagsInput,
): void {
  if (input !== undefined && input.length > 0) call.authorize(action, resource, requestTags(input));
}

/** A reserved tag that is there already may be taken away: only giving one is refused. */
function records(input: TagsInput): readonly Tag[] {
  const reserved = input?.find(({ Key, Value }) => isReservedTag(Key, Value));
  if (reserved !== undefined) throw reservedTag();
  return (input ?? []).map(({ Key, Value }) => ({ key: Key, value: Value }));
}

function duplicateKeys(note: string): ApiError {
  return new ApiError("InvalidInput", `Duplicate tag keys found.${note}`);
}

function reservedTag(): ApiError {
  return new ApiError("InvalidInput", "Tag keys and values that begin with aws: are reserved.");
}
