/** Lists the secrets of the account in the region, in pages. */
import { invalidParameter } from "../../secrets/errors.ts";
import type { Filter } from "../../secrets/filters.ts";
import { secretsResource } from "../../secrets/records.ts";
import { versionsToStages } from "../../secrets/versions.ts";
import { boolean, type Infer, integer, list, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { describe, unlessEmpty } from "./description.ts";

const maxResultsDefault = 100;

const filter = structure({
  Key: string({
    enum: [
      "description",
      "name",
      "tag-key",
      "tag-value",
      "primary-region",
      "owning-service",
      "all",
    ],
  }),
  Values: list(string({ max: 512, pattern: "^\\!?[a-zA-Z0-9 :_@\\/\\+\\=\\.\\-\\!]*$" }), {
    min: 1,
    max: 10,
  }),
});

export const listSecrets = operation({
  name: "ListSecrets",
  isReadOnly: true,
  input: structure({
    IncludePlannedDeletion: boolean(),
    MaxResults: integer({ min: 1, max: 100 }),
    NextToken: string({ min: 1, max: 4096 }),
    Filters: list(filter, { max: 10 }),
    SortOrder: string({ enum: ["asc", "desc"] }),
    SortBy: string({ enum: ["created-date", "last-accessed-date", "last-changed-date", "name"] }),
  }),
  permit(_input, call) {
    return call.authorize("secretsmanager:ListSecrets", secretsResource(call.scope));
  },
  async run(input, permit, { vault }) {
    const { secrets, nextToken } = await vault.secrets.list(permit, {
      filters: (input.Filters ?? []).map(readFilter),
      isPlannedDeletionIncluded: input.IncludePlannedDeletion ?? false,
      sortBy: input.SortBy ?? "created-date",
      isDescending: input.SortOrder === "desc",
      maxResults: input.MaxResults ?? maxResultsDefault,
      nextToken: input.NextToken,
    });
    return {
      SecretList: secrets.map((secret) => ({
        ...describe(secret),
        SecretVersionsToStages: unlessEmpty(versionsToStages(secret.stages)),
      })),
      NextToken: nextToken,
    };
  },
});

function readFilter({ Key, Values }: Infer<typeof filter>): Filter {
  if (Key === undefined) throw invalidParameter("Invalid filter key");
  if (Values === undefined) throw invalidParameter(`Invalid filter values for key: ${Key}`);
  return { key: Key, values: Values };
}
