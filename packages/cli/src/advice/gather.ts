/**
 * What AWS's APIs tell of secrets and parameters, without their values. Whoever may not ask for a
 * part of it gets the rest, and is told.
 */
import type { DescribeSecretResponse } from "@aws-sdk/client-secrets-manager";
import type { ParameterMetadata } from "@aws-sdk/client-ssm";
import { aws } from "../aws.ts";
import { isMissing, notThere } from "../stores/failures.ts";
import { allPages } from "../stores/pages.ts";
import type { Reference } from "../stores/reference.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import type { Notes } from "./notes.ts";
import type { Subject } from "./subject.ts";

/** Of calls that are made for each one: AWS throttles whoever asks for more. */
const atATime = 10;

/** The one that is referred to. Throws NotThere. */
export async function gatherOne(reference: Reference, notes: Notes): Promise<Subject> {
  const { service, name } = reference;
  if (service === "secretsmanager") {
    const secretsManager = await aws.secretsManager();
    try {
      return await secretSubject(await secretsManager.describeSecret({ SecretId: name }), notes);
    } catch (error) {
      throw isMissing(error) ? notThere(reference) : error;
    }
  }
  const found = await parametersWhere([{ Key: "Name", Option: "Equals", Values: [name] }]);
  const parameter = found.find(({ Name }) => Name === name);
  if (parameter === undefined) throw notThere(reference);
  return parameterSubject(parameter, notes);
}

/** Every one of the region, but what waits for its deletion. */
export async function gatherAll(notes: Notes): Promise<Subject[]> {
  try {
    const parameters =
      (await notes.ifAllowed("parameters", "ssm:DescribeParameters", () => parametersWhere([]))) ??
      [];
    const secrets =
      (await notes.ifAllowed("secrets", "secretsmanager:ListSecrets", listSecrets)) ?? [];
    return [
      ...(await each(parameters, "parameters", (one) => parameterSubject(one, notes))),
      ...(await each(secrets, "secrets", (one) => describedSecret(one, notes))),
    ];
  } finally {
    clearProgress();
  }
}

async function parametersWhere(
  ParameterFilters: { Key: string; Option: string; Values: string[] }[],
): Promise<ParameterMetadata[]> {
  const ssm = await aws.ssm();
  return allPages(async (token) => {
    const page = await ssm.describeParameters({
      MaxResults: 50,
      ...(ParameterFilters.length > 0 && { ParameterFilters }),
      ...token,
    });
    return { items: page.Parameters ?? [], nextToken: page.NextToken };
  });
}

async function listSecrets(): Promise<DescribeSecretResponse[]> {
  const secretsManager = await aws.secretsManager();
  return allPages(async (token) => {
    const page = await secretsManager.listSecrets({ MaxResults: 100, ...token });
    const items = (page.SecretList ?? []).map(({ SecretVersionsToStages, ...secret }) => ({
      ...secret,
      ...(SecretVersionsToStages && { VersionIdsToStages: SecretVersionsToStages }),
    }));
    return { items, nextToken: page.NextToken };
  });
}

/** The list has all but where it is copied to. */
async function describedSecret(listed: DescribeSecretResponse, notes: Notes): Promise<Subject> {
  const secretsManager = await aws.secretsManager();
  const described = await notes.ifAllowed("replicas", "secretsmanager:DescribeSecret", () =>
    secretsManager.describeSecret({ SecretId: listed.ARN }),
  );
  return secretSubject({ ...listed, ...described }, notes);
}

async function secretSubject(secret: DescribeSecretResponse, notes: Notes): Promise<Subject> {
  const { Name: name = "", ARN: arn = "", Tags = [], VersionIdsToStages = {} } = secret;
  const isFirstValue =
    Object.keys(VersionIdsToStages).length <= 1 && secret.LastRotatedDate === undefined;
  const secretsManager = await aws.secretsManager();
  const policy = await notes.ifAllowed(
    "resource policies",
    "secretsmanager:GetResourcePolicy",
    () => secretsManager.getResourcePolicy({ SecretId: arn }),
  );
  return {
    reference: { service: "secretsmanager", name, field: undefined },
    arn,
    type: "secret",
    isAdvanced: false,
    hasParameterPolicies: false,
    owner: Tags.find(({ Key }) => Key === "owner")?.Value ?? null,
    value: undefined,
    // The last change may have been one of its tags.
    writtenAt: isFirstValue ? secret.CreatedDate : (secret.LastChangedDate ?? secret.CreatedDate),
    isFirstValue,
    hasRotation: secret.RotationEnabled ?? false,
    hasResourcePolicy: policy && policy.ResourcePolicy !== undefined,
    replicaRegions: (secret.ReplicationStatus ?? []).flatMap(({ Region }) => Region ?? []),
    keeper: secret.OwningService ?? primaryOf(secret),
    lastAccessed: secret.LastAccessedDate ?? null,
  };
}

/** A copy is what its primary is. */
function primaryOf({ ARN = "", PrimaryRegion }: DescribeSecretResponse): string | undefined {
  const isCopy = PrimaryRegion !== undefined && PrimaryRegion !== ARN.split(":")[3];
  return isCopy ? `its primary in ${PrimaryRegion}` : undefined;
}

async function parameterSubject(parameter: ParameterMetadata, notes: Notes): Promise<Subject> {
  const { Name: name = "", ARN: arn = "", Type: type = "", Tier, Version, Policies } = parameter;
  const ssm = await aws.ssm();
  const tags = await notes.ifAllowed("owners of parameters", "ssm:ListTagsForResource", () =>
    ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: name }),
  );
  return {
    reference: { service: "ssm", name, field: undefined },
    arn,
    type,
    isAdvanced: Tier === "Advanced",
    hasParameterPolicies: (Policies ?? []).length > 0,
    owner: tags && (tags.TagList?.find(({ Key }) => Key === "owner")?.Value ?? null),
    value: undefined,
    writtenAt: parameter.LastModifiedDate,
    isFirstValue: Version === 1,
    hasRotation: false,
    hasResourcePolicy: false,
    replicaRegions: [],
    keeper: undefined,
    lastAccessed: undefined,
  };
}

/** What was deleted since it was listed is left out. */
async function each<Item>(
  items: readonly Item[],
  what: string,
  look: (item: Item) => Promise<Subject>,
): Promise<Subject[]> {
  const subjects: Subject[] = [];
  const unlessGone = (item: Item) =>
    look(item).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
  for (let at = 0; at < items.length; at += atATime) {
    showProgress(`looking at ${what}: ${at} of ${items.length}`);
    const looked = await Promise.all(items.slice(at, at + atATime).map(unlessGone));
    subjects.push(...looked.flat());
  }
  return subjects;
}
