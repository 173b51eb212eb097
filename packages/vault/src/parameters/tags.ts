/** Tags of parameters, and AWS's rules for them. */
import { duplicateTag, reservedTag, tooManyTags } from "./errors.ts";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export type Tags = Readonly<Record<string, string>>;

const tagsMax = 50;

/** The tags after `given` were added or overwritten. */
export function withTags(tags: Tags, given: readonly Tag[]): Tags {
  const keys = new Set<string>();
  for (const { key } of given) {
    if (/^aws:/i.test(key)) throw reservedTag();
    if (keys.has(key)) throw duplicateTag(key);
    keys.add(key);
  }
  const after = new Map(Object.entries(tags));
  for (const { key, value } of given) after.set(key, value);
  if (after.size > tagsMax) throw tooManyTags();
  return Object.fromEntries(after);
}

export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}
