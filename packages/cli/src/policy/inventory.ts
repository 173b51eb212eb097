/** Every secret and parameter of the region, with what decides who reaches it. Never a value. */
import { aws, type Caller } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import { keyPolicy, parameterTags, secretPolicy } from "./resources.ts";

/** A secret or a parameter. */
export interface Item {
  readonly type: "secret" | "parameter";
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  /** A secret's own policy. */
  readonly policy: string | undefined;
  /** undefined for what is not encrypted under a KMS key. */
  readonly key: ItemKey | undefined;
}

export interface ItemKey {
  readonly arn: string;
  /** undefined where the caller may not read it. */
  readonly policy: string | undefined;
  /** AWS's own keys serve everyone in the account, through their service. */
  readonly isAwsManaged: boolean;
}

/** `hasTagConditions`: whether any policy asks for tags, which cost a call a parameter. */
export async function takeInventory(caller: Caller, hasTagConditions: boolean): Promise<Item[]> {
  const keys = new KeyShelf();
  try {
    const secrets = await listSecrets(keys);
    return [...secrets, ...(await listParameters(caller, keys, hasTagConditions))];
  } finally {
    clearProgress();
  }
}

async function listSecrets(keys: KeyShelf): Promise<Item[]> {
  const secretsManager = await aws.secretsManager();
  const items: Item[] = [];
  let NextToken: string | undefined;
  do {
    const page = await secretsManager.listSecrets({
      MaxResults: 100,
      ...(NextToken !== undefined && { NextToken }),
    });
    for (const { ARN = "", Name = "", Tags = [], KmsKeyId } of page.SecretList ?? []) {
      showProgress(`reading policies of secrets: ${items.length} read`);
      items.push({
        type: "secret",
        name: Name,
        arn: ARN,
        tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
        policy: await secretPolicy(ARN),
        key: await keys.find(KmsKeyId ?? "alias/aws/secretsmanager"),
      });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return items;
}

async function listParameters(
  { partition, region, accountId }: Caller,
  keys: KeyShelf,
  hasTagConditions: boolean,
): Promise<Item[]> {
  const ssm = await aws.ssm();
  const items: Item[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.describeParameters({
      MaxResults: 50,
      ...(NextToken !== undefined && { NextToken }),
    });
    for (const { Name = "", Type, KeyId } of page.Parameters ?? []) {
      showProgress(`reading parameters: ${items.length} read`);
      const path = Name.replace(/^\/?/, "/");
      const arn = `arn:${partition}:ssm:${region}:${accountId}:parameter${path}`;
      items.push({
        type: "parameter",
        name: Name,
        arn,
        tags: hasTagConditions ? await parameterTags(arn) : {},
        policy: undefined,
        key: Type === "SecureString" ? await keys.find(KeyId ?? "alias/aws/ssm") : undefined,
      });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return items;
}

/** Keys, each asked for once. */
class KeyShelf {
  readonly #found = new Map<string, Promise<ItemKey>>();

  find(keyId: string): Promise<ItemKey> {
    const found = this.#found.get(keyId) ?? describeKey(keyId);
    this.#found.set(keyId, found);
    return found;
  }
}

async function describeKey(KeyId: string): Promise<ItemKey> {
  if (KeyId.startsWith("alias/aws/")) return { arn: KeyId, policy: undefined, isAwsManaged: true };
  const kms = await aws.kms();
  try {
    const { KeyMetadata } = await kms.describeKey({ KeyId });
    const arn = KeyMetadata?.Arn ?? KeyId;
    if (KeyMetadata?.KeyManager === "AWS") return { arn, policy: undefined, isAwsManaged: true };
    return { arn, policy: await readablePolicy(arn), isAwsManaged: false };
  } catch (error) {
    if (!isOneOf(error, "AccessDeniedException", "NotFoundException")) throw error;
    return { arn: KeyId, policy: undefined, isAwsManaged: false };
  }
}

async function readablePolicy(arn: string): Promise<string | undefined> {
  try {
    return await keyPolicy(arn);
  } catch (error) {
    if (isOneOf(error, "AccessDeniedException")) return undefined;
    throw error;
  }
}
