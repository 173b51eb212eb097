/** Parameters by the beginning of their names, with their owners. */
import type { ParameterMetadata, SSM } from "@aws-sdk/client-ssm";
import { aws } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import { showProgress } from "../terminal/progress.ts";
import { isMissing } from "./failures.ts";
import { allPages } from "./pages.ts";
import type { Entry, Listing } from "./store.ts";

/** Tags are asked for one by one, a few at a time: AWS throttles whoever asks for more. */
const atATime = 10;

export async function listParameters(prefix: string): Promise<Listing> {
  const ssm = await aws.ssm();
  const ParameterFilters = [{ Key: "Name", Option: "BeginsWith", Values: [prefix] }];
  const found = await allPages(
    async (token) => {
      const page = await ssm.describeParameters({
        MaxResults: 50,
        ...(prefix !== "" && { ParameterFilters }),
        ...token,
      });
      return { items: page.Parameters ?? [], nextToken: page.NextToken };
    },
    (count) => showProgress(`reading parameters: ${count}`),
  );
  const { owners, notes } = await ownersOf(ssm, found);
  return { entries: found.map((each, at) => entryOf(each, owners[at])), notes };
}

async function ownersOf(
  ssm: SSM,
  found: readonly ParameterMetadata[],
): Promise<{ owners: readonly (string | undefined)[]; notes: readonly string[] }> {
  const owners: (string | undefined)[] = [];
  try {
    while (owners.length < found.length) {
      const next = found.slice(owners.length, owners.length + atATime);
      owners.push(...(await Promise.all(next.map(({ Name = "" }) => ownerOf(ssm, Name)))));
      showProgress(`reading owners of parameters: ${owners.length} of ${found.length}`);
    }
    return { owners, notes: [] };
  } catch (error) {
    if (!isOneOf(error, "AccessDeniedException")) throw error;
    return { owners: [], notes: ["owners of parameters: ssm:ListTagsForResource is denied"] };
  }
}

/** What was deleted since it was listed has none. */
async function ownerOf(ssm: SSM, ResourceId: string): Promise<string | undefined> {
  try {
    const { TagList } = await ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId });
    return TagList?.find(({ Key }) => Key === "owner")?.Value;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function entryOf(parameter: ParameterMetadata, owner: string | undefined): Entry {
  const { Name = "", Type = "", Description, LastModifiedDate } = parameter;
  return {
    reference: { service: "ssm", name: Name, field: undefined },
    type: Type,
    description: Description || undefined,
    owner,
    date: LastModifiedDate,
    isDeleted: false,
  };
}
