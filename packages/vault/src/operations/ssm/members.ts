/** Input shapes that Parameter Store's operations share, as the service model states them. */
import type { ConditionKeys } from "../../authorization/types.ts";
import type { Tag } from "../../parameters/tags.ts";
import { type Infer, integer, list, required, string, structure } from "../../shapes/shapes.ts";
import { requestTagConditions } from "../request-tags.ts";

export const parameterName = string({ min: 1, max: 2048 });

export const parameterNames = list(parameterName, { min: 1, max: 10 });

/** In the order in which AWS lists them when it refuses another. */
export const parameterType = string({ enum: ["SecureString", "StringList", "String"] });

export const labels = list(string({ min: 1, max: 100 }), { min: 1, max: 10 });

export const parameterVersion = integer();

const tagCharacters = "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$";

export const tagKey = string({ min: 1, max: 128, pattern: tagCharacters });

export const tags = list(
  structure({
    Key: required(tagKey),
    Value: required(string({ max: 256, pattern: tagCharacters })),
  }),
  { max: 1000 },
);

export const settingId = string({ min: 1, max: 1000 });

export const parameterFilters = list(
  structure({
    Key: required(
      string({ min: 1, max: 132, pattern: "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType" }),
    ),
    Option: string({ min: 1, max: 10 }),
    Values: list(string({ min: 1, max: 1024 }), { min: 1, max: 50 }),
  }),
);

export const nextToken = string();

export const maxResults = integer({ min: 1, max: 50 });

type Filters = Infer<typeof parameterFilters>;

/** The filters in the domain's words. */
export function domainFilters(filters: Filters | undefined) {
  return (filters ?? []).map(({ Key, Option, Values }) => ({
    key: Key,
    option: Option,
    values: Values,
  }));
}

type Tags = Infer<typeof tags>;

/** The tags in the domain's words. */
export function domainTags(given: Tags | undefined): readonly Tag[] {
  return (given ?? []).map(({ Key, Value }) => ({ key: Key, value: Value }));
}

export function tagConditions(given: Tags | undefined): ConditionKeys {
  const entries = (given ?? []).map(({ Key, Value }): [string, string] => [Key, Value]);
  return requestTagConditions(Object.fromEntries(entries));
}
