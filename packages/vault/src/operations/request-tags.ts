/** What policies may ask about the tags that a request brings, alike in all services. */
import type { ConditionKeys } from "../authorization/types.ts";

/** `aws:RequestTag/KEY` and `aws:TagKeys`; neither is there where no tags are given. */
export function requestTagConditions(tags: Readonly<Record<string, string>>): ConditionKeys {
  const entries = Object.entries(tags);
  if (entries.length === 0) return {};
  return {
    "aws:TagKeys": entries.map(([key]) => key),
    ...Object.fromEntries(entries.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}
