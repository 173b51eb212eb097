/**
 * Parameter Store as a store of the command. PutParameter takes what a new version doesn't name
 * from its presets, so what a parameter had is given again: its key, its tier, its pattern.
 */
import type { PutParameterCommandInput } from "@aws-sdk/client-ssm";
import { aws } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { explained, withoutValue } from "./failures.ts";
import { listParameters } from "./list-parameters.ts";
import { allPages } from "./pages.ts";
import type { Description, Settings, Store, Version, Written } from "./store.ts";
import { pairsOf, tagsOf } from "./tags.ts";
import { isText, type Value } from "./value.ts";

const resourceOf = (ResourceId: string) => ({ ResourceType: "Parameter" as const, ResourceId });

export const parameterStore: Store = {
  list: listParameters,

  async read(name, { version, label } = {}): Promise<Version> {
    const ssm = await aws.ssm();
    const selector = version ?? label;
    const Name = selector === undefined ? name : `${name}:${selector}`;
    const { Parameter = {} } = await explained(named(name), () =>
      ssm.getParameter({ Name, WithDecryption: true }),
    );
    return {
      value: { text: Parameter.Value ?? "" },
      version: String(Parameter.Version),
      labels: label === undefined ? [] : [label],
      type: Parameter.Type ?? "SecureString",
      date: Parameter.LastModifiedDate,
      arn: Parameter.ARN ?? "",
    };
  },

  async write(name, value, settings): Promise<Written> {
    const written = await parameterStore.create(name, value, settings);
    return written ?? put(name, value, (request) => updated(request, settings));
  },

  create(name, value, settings) {
    return put(name, value, (request) => created(request, settings));
  },

  async describe(name): Promise<Description | undefined> {
    const ssm = await aws.ssm();
    const { Parameters = [] } = await ssm.describeParameters({
      ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [name] }],
    });
    // The filter takes a name with and without its first slash for one.
    const found = Parameters.find(({ Name }) => Name === name);
    if (found === undefined) return undefined;
    const { Type, Tier, DataType, AllowedPattern, Description, KeyId, Policies = [] } = found;
    return {
      description: Description || undefined,
      key: KeyId === "alias/aws/ssm" ? undefined : KeyId,
      tags: await parameterStore.tags(name),
      type: Type,
      tier: Tier === "Standard" ? undefined : Tier,
      allowedPattern: AllowedPattern,
      dataType: DataType,
      policies: Policies.length === 0 ? undefined : `[${Policies.map((each) => each.PolicyText)}]`,
    };
  },

  async history(name) {
    const ssm = await aws.ssm();
    const versions = await explained(named(name), () =>
      allPages(async (NextToken) => {
        const page = await ssm.getParameterHistory({ Name: name, MaxResults: 50, ...NextToken });
        return { items: page.Parameters ?? [], nextToken: page.NextToken };
      }),
    );
    return versions
      .toSorted((one, other) => (other.Version ?? 0) - (one.Version ?? 0))
      .map(({ Version, Labels = [], LastModifiedDate, LastModifiedUser }, at) => ({
        version: String(Version),
        labels: Labels,
        isCurrent: at === 0,
        date: LastModifiedDate,
        by: LastModifiedUser,
      }));
  },

  async remove(name) {
    const ssm = await aws.ssm();
    await explained(named(name), () => ssm.deleteParameter({ Name: name }));
    return { recoverableUntil: undefined };
  },

  async restore() {
    throw new CommandFailure(
      "a deleted parameter can't be restored: only secrets have a recovery window",
      "put it again, from where its value came",
    );
  },

  async tags(name) {
    const ssm = await aws.ssm();
    const { TagList } = await explained(named(name), () =>
      ssm.listTagsForResource(resourceOf(name)),
    );
    return tagsOf(TagList);
  },

  async tag(name, added, removed) {
    const ssm = await aws.ssm();
    const resource = resourceOf(name);
    await explained(named(name), async () => {
      const Tags = pairsOf(added);
      if (Tags.length > 0) await ssm.addTagsToResource({ ...resource, Tags });
      if (removed.length > 0) {
        await ssm.removeTagsFromResource({ ...resource, TagKeys: [...removed] });
      }
    });
  },

  async leftBehind(name) {
    const [{ labels = [] } = {}, ...older] = await parameterStore.history(name);
    const count = older.length === 1 ? "1 older version" : `${older.length} older versions`;
    return [
      ...(labels.length === 0 ? [] : [`its labels ${labels.join(", ")}`]),
      ...(older.length === 0 ? [] : [`${count}, for good: parameters have no recovery`]),
    ];
  },
};

function named(name: string) {
  return { service: "ssm" as const, name };
}

async function put<T>(
  Name: string,
  value: Value,
  send: (request: PutParameterCommandInput) => Promise<T>,
): Promise<T> {
  if (!isText(value)) {
    throw new CommandFailure(
      "the value is not UTF-8, and parameters hold text",
      "keep it as a secret: secretsmanager:name",
    );
  }
  try {
    return await send({ Name, Value: value.text });
  } catch (error) {
    throw withoutValue(error, value.text);
  }
}

/** undefined where it is there already. */
async function created(
  request: PutParameterCommandInput,
  { type = "SecureString", tags = {}, ...settings }: Settings,
): Promise<Written | undefined> {
  const ssm = await aws.ssm();
  try {
    const Tags = pairsOf(tags);
    const { Version } = await ssm.putParameter({
      ...request,
      ...members({ ...settings, type }),
      ...(Tags.length > 0 && { Tags }),
    });
    return { isNew: true, version: String(Version) };
  } catch (error) {
    if (isOneOf(error, "ParameterAlreadyExists")) return undefined;
    throw error;
  }
}

/** Tags go first: if they are refused, nothing was written. */
async function updated(request: PutParameterCommandInput, settings: Settings): Promise<Written> {
  const ssm = await aws.ssm();
  const { Name = "" } = request;
  const before = await parameterStore.describe(Name);
  if (settings.tags !== undefined) await parameterStore.tag(Name, settings.tags, []);
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  if (before === undefined) {
    throw new CommandFailure(
      `ssm:${Name} is being made or deleted by somebody else`,
      "run it again in a moment",
    );
  }
  // Policies stay where none are given.
  const { policies: _, ...kept } = before;
  const { Version } = await ssm.putParameter({
    ...request,
    ...members({ ...kept, ...Object.fromEntries(given) }),
    Overwrite: true,
  });
  return { isNew: false, version: String(Version) };
}

/** In PutParameter's words; only a SecureString has a key. */
function members(settings: Settings): Partial<PutParameterCommandInput> {
  const { type, tier, key, description, allowedPattern, dataType, policies } = settings;
  return {
    Type: type,
    Tier: tier,
    ...(type === "SecureString" && { KeyId: key }),
    Description: description,
    AllowedPattern: allowedPattern,
    DataType: dataType,
    Policies: policies,
  };
}
