/** The member Filters of ListSecrets and BatchGetSecretValue. */
import { invalidParameter, tooManyFilters } from "../../secrets/errors.ts";
import type { Filter } from "../../secrets/filters.ts";
import { type Infer, list, string, structure } from "../../shapes/shapes.ts";

const filtersMax = 10;

const filter = structure({
  Key: string({
    // In the order in which AWS lists them to whoever asks for another.
    enum: [
      "all",
      "owning-service",
      "name",
      "tag-key",
      "description",
      "tag-value",
      "primary-region",
    ],
  }),
  Values: list(string({ max: 512, pattern: "^\\!?[a-zA-Z0-9 :_@\\/\\+\\=\\.\\-\\!]*$" }), {
    min: 1,
    max: filtersMax,
  }),
});

export const filters = list(filter, { max: filtersMax });

/** To AWS each value is a filter: of all together there may be no more than of each. */
export function readFilters(given: Infer<typeof filters> | undefined): readonly Filter[] {
  const read = (given ?? []).map(readFilter);
  if (read.flatMap(({ values }) => values).length > filtersMax) throw tooManyFilters(filtersMax);
  return read;
}

function readFilter({ Key, Values }: Infer<typeof filter>): Filter {
  if (Key === undefined) throw invalidParameter("Invalid filter key");
  if (Values === undefined) throw invalidParameter(`Invalid filter values for key: ${Key}`);
  return { key: Key, values: Values };
}
