/** The member Filters of ListSecrets and BatchGetSecretValue. */
import { invalidParameter } from "../../secrets/errors.ts";
import type { Filter } from "../../secrets/filters.ts";
import { type Infer, list, string, structure } from "../../shapes/shapes.ts";

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
    max: 10,
  }),
});

export const filters = list(filter, { max: 10 });

export function readFilters(given: Infer<typeof filters> | undefined): readonly Filter[] {
  return (given ?? []).map(readFilter);
}

function readFilter({ Key, Values }: Infer<typeof filter>): Filter {
  if (Key === undefined) throw invalidParameter("Invalid filter key");
  if (Values === undefined) throw invalidParameter(`Invalid filter values for key: ${Key}`);
  return { key: Key, values: Values };
}
