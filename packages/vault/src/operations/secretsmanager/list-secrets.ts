/** Lists the secrets of the account in the region, in pages. */
import { secretsResource } from "../../secrets/records.ts";
import { versionsToStages } from "../../secrets/versions.ts";
import { boolean, integer, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { describe, unlessEmpty } from "./description.ts";
import { filters, readFilters } from "./filters.ts";

const maxResultsDefault = 100;

export const listSecrets = operation({
  name: "ListSecrets",
  isReadOnly: true,
  input: structure({
    IncludePlannedDeletion: boolean(),
    MaxResults: integer({ min: 1, max: 100 }),
    NextToken: string({ min: 1, max: 4096 }),
    Filters: filters,
    SortOrder: string({ enum: ["asc", "desc"] }),
    SortBy: string({ enum: ["created-date", "last-accessed-date", "last-changed-date", "name"] }),
  }),
  permit(_input, call) {
    return call.authorize("secretsmanager:ListSecrets", secretsResource(call.scope));
  },
  async run(input, permit, { vault }) {
    const { secrets, nextToken } = await vault.secrets.list(permit, {
      filters: readFilters(input.Filters),
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
