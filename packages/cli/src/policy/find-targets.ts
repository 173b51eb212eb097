/** Looks up what a policy is generated for: its exact ARN, and the key that encrypts it. */
import type { ParameterMetadata } from "@aws-sdk/client-ssm";
import { aws, type Caller } from "../aws.ts";
import type { Found } from "./least-policy.ts";
import type { Target } from "./target.ts";

/** `note` is told what a reader of the policy should know about a target. */
export async function findTarget(
  target: Target,
  caller: Caller,
  note: (text: string) => void,
): Promise<Found> {
  return target.service === "ssm"
    ? findParameters(target, caller, note)
    : findSecret(target, caller, note);
}

async function findParameters(
  { name, isPath }: Target,
  caller: Caller,
  note: (text: string) => void,
): Promise<Found> {
  const there = await describeParameters(name, isPath);
  const typed = `ssm:${name}${isPath ? "/*" : ""}`;
  if (there.length === 0) {
    note(`${typed} isn't there yet: run this again if it is made under a KMS key of your own.`);
  } else if (isPath) {
    note(`${typed} holds ${there.length} now; what is put there later can be read as well.`);
  }
  const { partition, region, accountId } = caller;
  const secure = there.filter(({ Type }) => Type === "SecureString");
  return {
    service: "ssm",
    arn: `arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}${isPath ? (name === "" ? "*" : "/*") : ""}`,
    isPath,
    isThere: there.length > 0,
    keyArns: await customerKeys(
      secure.map(({ KeyId }) => KeyId),
      note,
    ),
    tiers: secure.map(({ Tier }) => (Tier === "Advanced" ? "Advanced" : "Standard")),
  };
}

async function describeParameters(name: string, isPath: boolean): Promise<ParameterMetadata[]> {
  const ssm = await aws.ssm();
  const filter = isPath
    ? { Key: "Path", Option: "Recursive", Values: [name === "" ? "/" : name] }
    : { Key: "Name", Option: "Equals", Values: [name] };
  const found: ParameterMetadata[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.describeParameters({
      ParameterFilters: [filter],
      MaxResults: 50,
      ...(NextToken !== undefined && { NextToken }),
    });
    found.push(...(page.Parameters ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

async function findSecret(
  { name }: Target,
  { partition, region, accountId }: Caller,
  note: (text: string) => void,
): Promise<Found> {
  const secretsManager = await aws.secretsManager();
  try {
    const { ARN = "", KmsKeyId } = await secretsManager.describeSecret({ SecretId: name });
    const keyArns = await customerKeys([KmsKeyId], note);
    return {
      service: "secretsmanager",
      arn: ARN,
      isPath: false,
      isThere: true,
      keyArns,
      tiers: [],
    };
  } catch (error) {
    if ((error as Error).name !== "ResourceNotFoundException") throw error;
    note(
      `secretsmanager:${name} isn't there yet: -?????? stands for the end of its ARN. ` +
        "Run this again if it is made under a KMS key of your own.",
    );
    const arn = `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${name}-??????`;
    return {
      service: "secretsmanager",
      arn,
      isPath: false,
      isThere: false,
      keyArns: [],
      tiers: [],
    };
  }
}

/** The ARNs of those keys that are the customer's own: AWS's let everyone in the account use them. */
async function customerKeys(
  keyIds: readonly (string | undefined)[],
  note: (text: string) => void,
): Promise<readonly string[]> {
  const named = [...new Set(keyIds)].filter((id) => id !== undefined && !/^alias\/aws\//.test(id));
  if (named.length === 0) return [];
  const kms = await aws.kms();
  const arns: string[] = [];
  for (const KeyId of named) {
    const { KeyMetadata } = await kms.describeKey({ KeyId });
    if (KeyMetadata?.KeyManager === "AWS" || KeyMetadata?.Arn === undefined) continue;
    if (!KeyMetadata.Enabled) note(`key ${KeyMetadata.Arn} is ${KeyMetadata.KeyState}.`);
    arns.push(KeyMetadata.Arn);
  }
  return arns;
}
