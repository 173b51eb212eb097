/** The tags that a secret is created with, and AWS's rules for them. */
import { tagsMax } from "../../secrets/administration.ts";
import { invalidParameter, systemTag, tooManyTags } from "../../secrets/errors.ts";
import { checkExpiry } from "../../secrets/expiry.ts";
import { list, string, structure } from "../../shapes/shapes.ts";

export const tags = list(
  structure({ Key: string({ min: 1, max: 128 }), Value: string({ min: 0, max: 256 }) }),
);

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/general/latest/gr/aws_tagging.html#tag-conventions */
export function readTags(given: readonly Tag[] = []): Tags {
  if (given.length > tagsMax) throw tooManyTags(tagsMax);
  const keys = new Set<string>();
  for (const { Key: key } of given) {
    if (key === undefined) throw invalidParameter("You must provide a key for every tag.");
    checkTagKey(key);
    if (keys.has(key)) throw invalidParameter(`The tag key ${key} is given more than once.`);
    keys.add(key);
  }
  const read = Object.fromEntries(given.map(({ Key, Value }) => [Key as string, Value ?? ""]));
  checkExpiry(read);
  return read;
}

/** AWS's own tags are nobody else's to put, nor to take away. */
export function checkTagKey(key: string): void {
  if (key.toLowerCase().startsWith("aws:")) throw systemTag(key);
}

export function tagList(given: Tags): { Key: string; Value: string }[] {
  return Object.entries(given).map(([Key, Value]) => ({ Key, Value }));
}
