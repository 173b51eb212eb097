/** Secrets Manager as a store of the command. */
import type { DescribeSecretResponse } from "@aws-sdk/client-secrets-manager";
import { aws } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import { explained, isMissing, withoutValue } from "./failures.ts";
import { listSecrets } from "./list-secrets.ts";
import { allPages } from "./pages.ts";
import type { Description, Settings, Store, Version, Written } from "./store.ts";
import { pairsOf, tagsOf } from "./tags.ts";
import { bytesOf, isText, type Value } from "./value.ts";

const current = "AWSCURRENT";

export const secretsManager: Store = {
  list: listSecrets,

  async read(name, { version, label } = {}): Promise<Version> {
    const service = await aws.secretsManager();
    const { SecretString, SecretBinary, VersionId, VersionStages, CreatedDate, ARN } =
      await explained(named(name), () =>
        service.getSecretValue({ SecretId: name, VersionId: version, VersionStage: label }),
      );
    return {
      value:
        SecretString === undefined
          ? { bytes: SecretBinary ?? new Uint8Array() }
          : { text: SecretString },
      version: VersionId ?? "",
      labels: VersionStages ?? [],
      type: "SecureString",
      date: CreatedDate,
      arn: ARN ?? "",
    };
  },

  write(name, value, settings) {
    return kept(name, value, () => written(name, value, settings));
  },

  async create(name, value, settings) {
    try {
      return await kept(name, value, () => created(name, value, settings));
    } catch (error) {
      if (isOneOf(error, "ResourceExistsException")) return undefined;
      throw error;
    }
  },

  async describe(name): Promise<Description | undefined> {
    const found = await described(name);
    if (found === undefined) return undefined;
    const { Description, KmsKeyId, Tags } = found;
    return {
      description: Description || undefined,
      key: KmsKeyId === "alias/aws/secretsmanager" ? undefined : KmsKeyId,
      tags: tagsOf(Tags),
    };
  },

  async history(name) {
    const service = await aws.secretsManager();
    const versions = await explained(named(name), () =>
      allPages(async (token) => {
        const page = await service.listSecretVersionIds({
          SecretId: name,
          IncludeDeprecated: true,
          MaxResults: 100,
          ...token,
        });
        return { items: page.Versions ?? [], nextToken: page.NextToken };
      }),
    );
    return versions
      .map(({ VersionId = "", VersionStages = [], CreatedDate }) => ({
        version: VersionId,
        labels: VersionStages,
        isCurrent: VersionStages.includes(current),
        date: CreatedDate,
        by: undefined,
      }))
      .toSorted(
        (one, other) =>
          Number(other.date) - Number(one.date) || Number(other.isCurrent) - Number(one.isCurrent),
      );
  },

  async remove(name, isForced) {
    const service = await aws.secretsManager();
    const { DeletionDate } = await explained(named(name), () =>
      service.deleteSecret({
        SecretId: name,
        ...(isForced && { ForceDeleteWithoutRecovery: true }),
      }),
    );
    return { recoverableUntil: isForced ? undefined : DeletionDate };
  },

  async restore(name) {
    const service = await aws.secretsManager();
    await explained(named(name), () => service.restoreSecret({ SecretId: name }));
  },

  async tags(name) {
    const service = await aws.secretsManager();
    const { Tags } = await explained(named(name), () => service.describeSecret({ SecretId: name }));
    return tagsOf(Tags);
  },

  async tag(name, added, removed) {
    const service = await aws.secretsManager();
    await explained(named(name), async () => {
      const Tags = pairsOf(added);
      if (Tags.length > 0) await service.tagResource({ SecretId: name, Tags });
      if (removed.length > 0) {
        await service.untagResource({ SecretId: name, TagKeys: [...removed] });
      }
    });
  },

  async leftBehind(name) {
    const service = await aws.secretsManager();
    const { RotationEnabled, ReplicationStatus = [] } = (await described(name)) ?? {};
    const { ResourcePolicy } = await explained(named(name), () =>
      service.getResourcePolicy({ SecretId: name }),
    );
    const regions = ReplicationStatus.map(({ Region }) => Region).join(", ");
    return [
      "its older versions, until its recovery window ends",
      ...(ResourcePolicy ? ["its resource policy"] : []),
      ...(RotationEnabled ? ["its rotation"] : []),
      ...(regions === "" ? [] : [`its replicas in ${regions}`]),
    ];
  },
};

function named(name: string) {
  return { service: "secretsmanager" as const, name };
}

async function described(SecretId: string): Promise<DescribeSecretResponse | undefined> {
  const service = await aws.secretsManager();
  try {
    return await service.describeSecret({ SecretId });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A failure tells of the name, and not of the value. */
async function kept<T>(name: string, value: Value, write: () => Promise<T>): Promise<T> {
  try {
    return await explained(named(name), write);
  } catch (error) {
    throw isText(value) ? withoutValue(error, value.text) : error;
  }
}

/** The one call that a writer surely may make comes first: most secrets are there already. */
async function written(name: string, value: Value, settings: Settings): Promise<Written> {
  const service = await aws.secretsManager();
  const { description: Description, key: KmsKeyId, tags = {} } = settings;
  const content = contentOf(value);
  try {
    // Tags go first: if they are refused, nothing was written.
    if (Object.keys(tags).length > 0)
      await service.tagResource({ SecretId: name, Tags: pairsOf(tags) });
    const { VersionId = "" } =
      Description === undefined && KmsKeyId === undefined
        ? await service.putSecretValue({ SecretId: name, ...content })
        : await service.updateSecret({ SecretId: name, Description, KmsKeyId, ...content });
    return { isNew: false, version: VersionId };
  } catch (error) {
    if (!isOneOf(error, "ResourceNotFoundException")) throw error;
  }
  return created(name, value, settings);
}

async function created(
  Name: string,
  value: Value,
  { description: Description, key: KmsKeyId, tags = {} }: Settings,
): Promise<Written> {
  const service = await aws.secretsManager();
  const Tags = pairsOf(tags);
  const { VersionId = "" } = await service.createSecret({
    Name,
    Description,
    KmsKeyId,
    ...contentOf(value),
    ...(Tags.length > 0 && { Tags }),
  });
  return { isNew: true, version: VersionId };
}

function contentOf(value: Value): { SecretString: string } | { SecretBinary: Uint8Array } {
  return isText(value) ? { SecretString: value.text } : { SecretBinary: bytesOf(value) };
}
