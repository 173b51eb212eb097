/** Tags as KMS takes them: its own member names, and its own error for what is wrong with them. */
import { ApiError } from "../../errors.ts";
import { tagsMax } from "../../keys/key-administration.ts";
import { tooManyTags } from "../../keys/key-errors.ts";
import { type Infer, required, string, structure } from "../../shapes/shapes.ts";

export const tag = structure({
  TagKey: required(string({ min: 1, max: 128 })),
  TagValue: required(string({ max: 256 })),
});

export type Tags = Readonly<Record<string, string>>;

const lawful = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The tags by key. Throws TagException. */
export function readTags(given: readonly Infer<typeof tag>[] = []): Tags {
  const tags = Object.fromEntries(given.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  const keys = Object.keys(tags);
  if (keys.length < given.length) throw tagException("Duplicate tag keys");
  if (keys.length > tagsMax) throw tooManyTags();
  requireLawfulKeys(keys);
  requireCharacters(Object.values(tags));
  return tags;
}

export function requireLawfulKeys(keys: readonly string[]): void {
  if (keys.some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw tagException("Tags beginning with aws: are reserved");
  }
  requireCharacters(keys);
}

function requireCharacters(texts: readonly string[]): void {
  if (texts.every((text) => lawful.test(text))) return;
  throw tagException("Invalid tag");
}

function tagException(message: string): ApiError {
  return new ApiError("TagException", message);
}
