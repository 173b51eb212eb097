/**
 * Tags of IAM's resources as they come and go: at most 50, in the order of their keys. Keys that
 * `sameKey` maps to one are one key: users' and roles' are told apart without regard to case.
 */
import { tooManyTags } from "./errors.ts";
import type { Tag } from "./records.ts";

const tagsMax = 50;

/**
 * AWS keeps tags that begin with `aws:`, in key or value, to itself. Keys that differ in case alone
 * are one key to `aws:PrincipalTag`, so there `AWS:` counts as well.
 */
export function isReservedTag(key: string, value: string): boolean {
  return key.toLowerCase().startsWith("aws:") || value.startsWith("aws:");
}

type SameKey = (key: string) => string;
const exactly: SameKey = (key) => key;

/** The tags with others added; a key that is there gets the new spelling and value. */
export function addedTags(
  tags: readonly Tag[],
  added: readonly Tag[],
  sameKey: SameKey = exactly,
): readonly Tag[] {
  const all = new Map([...tags, ...added].map((tag) => [sameKey(tag.key), tag]));
  if (all.size > tagsMax) throw tooManyTags();
  return [...all.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** As AWS lists a managed policy's tags: by the length of their keys, then by the keys. */
export function shortestFirst(tags: readonly Tag[]): readonly Tag[] {
  return tags.toSorted((a, b) => a.key.length - b.key.length || (a.key < b.key ? -1 : 1));
}

/** A key that is not there is no error. */
export function removedTags(
  tags: readonly Tag[],
  keys: readonly string[],
  sameKey: SameKey = exactly,
): readonly Tag[] {
  const removed = new Set(keys.map(sameKey));
  return tags.filter(({ key }) => !removed.has(sameKey(key)));
}
