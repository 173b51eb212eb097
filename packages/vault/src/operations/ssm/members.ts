/** Input shapes that Parameter Store's operations share, as the service model states them. */
import { type Infer, integer, list, required, string, structure } from "../../shapes/shapes.ts";

export const parameterName = string({ min: 1, max: 2048 });

export const parameterNames = list(parameterName, { min: 1, max: 10 });

/** In the order in which AWS lists them when it refuses another. */
export const parameterType = string({ enum: ["SecureString", "StringList", "String"] });

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
