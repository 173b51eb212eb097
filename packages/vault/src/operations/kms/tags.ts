/** Tags as KMS takes them: its own member names, and its own error for what is wrong with them. */
import { ApiError } from "../../errors.ts";
import { type Infer, required, string, structure } from "../../shapes/shapes.ts";

export const tag = structure({
  TagKey: required(string({ min: 1, max: 128 })),
  TagValue: required(string({ max: 256 })),
});

export type Tags = Readonly<Record<string, string>>;

const tagsMax = 50;
const lawful = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The tags by key. Throws TagException. */
export function readTags(given: readonly Infer<typeof tag>[] = []): Tags {
  const tags = Object.fromEntries(given.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  const keys = Object.keys(tags);
  if (keys.length < given.length) throw tagException("Duplicate tag keys");
  if (keys.length > tagsMax) throw tagException("Too many tags");
  if (keys.some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw tagException("Tags beginning with aws: are reserved");
  }
  if (![...keys, ...Object.values(tags)].every((text) => lawful.test(text))) {
    throw tagException("Tags contain characters that are not allowed");
  }
  return tags;
}

function tagException(message: string): ApiError {
  return new ApiError("TagException", message);
}
