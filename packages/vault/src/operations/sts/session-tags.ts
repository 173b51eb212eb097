/**
 * Which tags a new session has: those that are passed, and the transitive ones of the session that
 * makes it, which nobody further down the chain can change. Keys are compared without case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
import { ApiError } from "../../errors.ts";
import type { SessionContext } from "../../principals/sessions/session.ts";
import { isReservedTag } from "../../principals/tagging.ts";

type Tags = Readonly<Record<string, string>>;

interface Passed {
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly transitiveTagKeys: readonly string[];
}

/** The tags as a session keeps them; nothing where there are none. Throws InvalidParameterValue. */
export function sessionTags(
  { tags, transitiveTagKeys }: Passed,
  inherited: Tags = {},
): Pick<SessionContext, "tags" | "transitiveTagKeys"> {
  const keys = lowerCase(tags.map(({ Key }) => Key));
  if (keys.size < tags.length) {
    throw invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  if (tags.some(({ Key, Value }) => isReservedTag(Key, Value))) {
    throw invalid("Tag keys and values that begin with aws: are reserved.");
  }
  const inheritedKeys = Object.keys(inherited);
  if (inheritedKeys.some((key) => keys.has(key.toLowerCase()))) {
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  if (!lowerCase(transitiveTagKeys).isSubsetOf(keys)) {
    throw invalid("The specified transitive tag key must be included in the requested tags.");
  }
  const all = { ...inherited, ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(all).length === 0) return {};
  return { tags: all, transitiveTagKeys: [...inheritedKeys, ...transitiveTagKeys] };
}

function lowerCase(keys: readonly string[]): Set<string> {
  return new Set(keys.map((key) => key.toLowerCase()));
}

function invalid(message: string): ApiError {
  return new ApiError("InvalidParameterValue", message);
}
