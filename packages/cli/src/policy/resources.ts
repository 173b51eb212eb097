/** What an action is asked on, with its tags and policy, as the AWS APIs tell them. */
import type { GrantListEntry, KMS } from "@aws-sdk/client-kms";
import type { Resource } from "@claviger/vault/authorization";
import { aws, type Caller } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import type { Account } from "./account.ts";
import type { Compiler } from "./compile.ts";

type Tags = Readonly<Record<string, string>>;

/** The resource that an AWS denial names: by ARN, or a secret as the caller named it. */
export async function findResource(
  action: string,
  named: string | undefined,
  { account, caller, compiler }: { account: Account; caller: Caller; compiler: Compiler },
): Promise<Resource> {
  const plain = (arn: string): Resource => {
    return { arn, accountId: arn.split(":")[4] || caller.accountId, tags: {} };
  };
  if (named === undefined) return plain("*");
  if (action.startsWith("secretsmanager:")) return findSecret(named, caller, compiler);
  if (!named.startsWith("arn:")) return plain(named);
  if (/^arn:[^:]+:ssm:.*:parameter\//.test(named)) {
    return account.asksForTags
      ? { ...plain(named), tags: await parameterTags(named) }
      : plain(named);
  }
  if (/^arn:[^:]+:kms:.*:key\//.test(named)) {
    const policy = compiler.compile(
      `the key policy of ${named}`,
      await keyPolicy(named),
      "resource",
    );
    return { ...plain(named), policy, isPolicyRequired: true };
  }
  const entity = account.entity(named);
  if (entity === undefined) return plain(named);
  const { arn, tags, trustPolicy } = entity;
  const isAssumed = action.startsWith("sts:AssumeRole") && trustPolicy !== undefined;
  return isAssumed
    ? {
        ...plain(arn),
        tags,
        policy: compiler.compile(`the trust policy of ${arn}`, trustPolicy, "trust"),
        isPolicyRequired: true,
      }
    : { ...plain(arn), tags };
}

async function findSecret(named: string, caller: Caller, compiler: Compiler): Promise<Resource> {
  const { partition, region, accountId } = caller;
  const prefix = `arn:${partition}:secretsmanager:${region}:${accountId}:`;
  // Lists and batches are asked on everything.
  if (named === "*" || named.endsWith(":*")) return { arn: named, accountId, tags: {} };
  try {
    const secretsManager = await aws.secretsManager();
    const { ARN = "", Tags = [] } = await secretsManager.describeSecret({ SecretId: named });
    const document = await secretPolicy(ARN);
    return {
      arn: ARN,
      accountId: ARN.split(":")[4] ?? accountId,
      tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
      policy:
        document === undefined
          ? undefined
          : compiler.compile(`the policy of ${ARN}`, document, "resource"),
    };
  } catch (error) {
    if (!isOneOf(error, "ResourceNotFoundException")) throw error;
    const arn = named.startsWith("arn:") ? named : `${prefix}secret:${named}-??????`;
    return { arn, accountId: arn.split(":")[4] ?? accountId, tags: {} };
  }
}

/** The resource policy of a secret; undefined where it has none. */
export async function secretPolicy(SecretId: string): Promise<string | undefined> {
  const secretsManager = await aws.secretsManager();
  try {
    return (await secretsManager.getResourcePolicy({ SecretId })).ResourcePolicy;
  } catch (error) {
    // Where there is no such operation, secrets have no policies.
    if (isOneOf(error, "UnknownOperationException", "ResourceNotFoundException")) return undefined;
    throw error;
  }
}

/** A parameter's tags, by its ARN. */
export async function parameterTags(arn: string): Promise<Tags> {
  const ssm = await aws.ssm();
  const name = arn.slice(arn.indexOf(":parameter/") + ":parameter".length);
  try {
    const ResourceId = name.lastIndexOf("/") === 0 ? name.slice(1) : name;
    const { TagList = [] } = await ssm.listTagsForResource({
      ResourceType: "Parameter",
      ResourceId,
    });
    return Object.fromEntries(TagList.map(({ Key = "", Value = "" }) => [Key, Value]));
  } catch (error) {
    if (isOneOf(error, "UnknownOperationException", "InvalidResourceId")) return {};
    throw error;
  }
}

/** A key's policy with its grants, each of which is a statement for whoever holds it. */
export async function keyPolicy(KeyId: string): Promise<string> {
  const kms = await aws.kms();
  const { Policy = "{}" } = await kms.getKeyPolicy({ KeyId, PolicyName: "default" });
  const { Statement, ...rest } = JSON.parse(Policy);
  const granted = (await grantsOf(kms, KeyId)).map(
    ({ GranteePrincipal, Operations = [], Constraints }) => ({
      Effect: "Allow",
      Principal: { AWS: GranteePrincipal },
      Action: Operations.map((operation) => `kms:${operation}`),
      Resource: "*",
      ...contextCondition(
        Constraints?.EncryptionContextSubset ?? Constraints?.EncryptionContextEquals,
      ),
    }),
  );
  return JSON.stringify({ ...rest, Statement: [Statement, granted].flat() });
}

async function grantsOf(kms: KMS, KeyId: string): Promise<GrantListEntry[]> {
  const grants: GrantListEntry[] = [];
  let Marker: string | undefined;
  do {
    const page = await kms.listGrants({ KeyId, ...(Marker !== undefined && { Marker }) });
    grants.push(...(page.Grants ?? []));
    Marker = page.Truncated ? page.NextMarker : undefined;
  } while (Marker !== undefined);
  return grants;
}

function contextCondition(context: Tags | undefined) {
  if (context === undefined) return {};
  const keys = Object.entries(context).map(([name, value]) => [
    `kms:EncryptionContext:${name}`,
    value,
  ]);
  return { Condition: { StringEquals: Object.fromEntries(keys) } };
}
