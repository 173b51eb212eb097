/** Secrets by the beginning of their names, also those that wait for their deletion. */
import type { SecretListEntry } from "@aws-sdk/client-secrets-manager";
import { aws } from "../aws.ts";
import { showProgress } from "../terminal/progress.ts";
import { allPages } from "./pages.ts";
import type { Entry, Listing } from "./store.ts";

export async function listSecrets(prefix: string): Promise<Listing> {
  const secretsManager = await aws.secretsManager();
  const Filters = [{ Key: "name" as const, Values: [prefix] }];
  const found = await allPages(
    async (token) => {
      const page = await secretsManager.listSecrets({
        MaxResults: 100,
        IncludePlannedDeletion: true,
        ...(prefix !== "" && { Filters }),
        ...token,
      });
      return { items: page.SecretList ?? [], nextToken: page.NextToken };
    },
    (count) => showProgress(`reading secrets: ${count}`),
  );
  // The filter looks at the beginnings of the words of a name, too.
  const entries = found.map(entryOf).filter(({ reference }) => reference.name.startsWith(prefix));
  return { entries, notes: [] };
}

function entryOf(secret: SecretListEntry): Entry {
  const { Name = "", Description, Tags = [], CreatedDate, LastChangedDate } = secret;
  return {
    reference: { service: "secretsmanager", name: Name, field: undefined },
    type: "secret",
    description: Description || undefined,
    owner: Tags.find(({ Key }) => Key === "owner")?.Value,
    date: LastChangedDate ?? CreatedDate,
    isDeleted: secret.DeletedDate !== undefined,
  };
}
