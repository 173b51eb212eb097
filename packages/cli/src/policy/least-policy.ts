/**
 * The least policy for what a role has to do with some secrets and parameters: exact ARNs, and a
 * KMS key only where it is the customer's own and only through the service that keeps the value.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
 */
import { oneOrMany, type PolicyDocument, type Statement } from "./document.ts";

export type Purpose = "read" | "write" | "rotate";

/** A secret, a parameter, or all parameters below a path, as it was found. */
export interface Found {
  readonly service: "ssm" | "secretsmanager";
  /** Of a path: with its `/*`. Of a secret that isn't there yet: with `-??????`. */
  readonly arn: string;
  readonly isPath: boolean;
  readonly isThere: boolean;
  /** ARNs of customer managed keys that encrypt it. */
  readonly keyArns: readonly string[];
  /** Of SecureStrings: KMS encrypts the standard ones itself, advanced ones get a data key. */
  readonly tiers: readonly ("Standard" | "Advanced")[];
}

export function leastPolicy(purpose: Purpose, targets: readonly Found[]): PolicyDocument {
  const found = targets.toSorted((one, other) => other.service.localeCompare(one.service));
  const groups = new Map<string, Statement & { readonly arns: string[] }>();
  for (const each of found) {
    for (const { Action, ...rest } of needs(purpose, each)) {
      const key = JSON.stringify([Action, rest.Sid]);
      const group = groups.get(key);
      if (group === undefined)
        groups.set(key, { ...rest, Effect: "Allow", Action, arns: [...rest.arns] });
      else group.arns.push(...rest.arns);
    }
  }
  const statements = [...groups.values()].map(
    ({ arns, Action = [], ...rest }): Statement => ({
      ...rest,
      Action: oneOrMany(Action as readonly string[]),
      Resource: oneOrMany([...new Set(arns)]),
    }),
  );
  return { Version: "2012-10-17", Statement: [...statements, ...keyStatements(purpose, found)] };
}

interface Need {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly arns: readonly string[];
}

function needs(purpose: Purpose, found: Found): Need[] {
  const { service, arn, isPath, isThere } = found;
  if (service === "ssm") {
    const values = {
      Sid: `${capital(purpose)}Parameters`,
      Action: parameterActions[purpose],
      arns: [arn],
    };
    // A request for "/app/prod" is about the one ARN, one for "/app/prod/" about the other.
    const paths = arn.endsWith(":parameter/*") ? [arn] : [arn.slice(0, -2), arn];
    const path = { Sid: "ReadByPath", Action: ["ssm:GetParametersByPath"], arns: paths };
    return isPath && purpose !== "write" ? [values, path] : [values];
  }
  const actions = secretActions[purpose];
  const create = purpose === "write" && !isThere ? ["secretsmanager:CreateSecret"] : [];
  const secret = {
    Sid: create.length > 0 ? "CreateSecrets" : `${capital(purpose)}Secrets`,
    Action: [...create, ...actions],
    arns: [arn],
  };
  const password = {
    Sid: "MakePasswords",
    Action: ["secretsmanager:GetRandomPassword"],
    arns: ["*"],
  };
  return purpose === "rotate" ? [secret, password] : [secret];
}

/** Reading is of current values: history is not needed for it. */
const parameterActions: Readonly<Record<Purpose, readonly string[]>> = {
  read: ["ssm:GetParameter", "ssm:GetParameters"],
  write: ["ssm:PutParameter"],
  rotate: ["ssm:GetParameter", "ssm:PutParameter"],
};

/** Caching clients ask DescribeSecret which version is current. */
const secretActions: Readonly<Record<Purpose, readonly string[]>> = {
  read: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
  write: ["secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue"],
  rotate: [
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
  ],
};

/** One statement for each service, key and use: its encryption context names what it may open. */
function keyStatements(purpose: Purpose, found: readonly Found[]): Statement[] {
  const groups = new Map<
    string,
    { keyArn: string; service: Found["service"]; actions: readonly string[]; arns: string[] }
  >();
  for (const each of found) {
    for (const keyArn of each.keyArns) {
      const actions = keyActions(purpose, each);
      const key = JSON.stringify([keyArn, each.service, actions]);
      const group = groups.get(key) ?? { keyArn, service: each.service, actions, arns: [] };
      group.arns.push(each.arn);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ keyArn, service, actions, arns }): Statement => {
    const region = keyArn.split(":")[3];
    const context = service === "ssm" ? "PARAMETER_ARN" : "SecretARN";
    const viaService = { "kms:ViaService": `${service}.${region}.amazonaws.com` };
    const contexts = { [`kms:EncryptionContext:${context}`]: oneOrMany(arns) };
    const hasPattern = arns.some((arn) => /[*?]/.test(arn));
    return {
      Effect: "Allow",
      Action: oneOrMany(actions),
      Resource: keyArn,
      Condition: hasPattern
        ? { StringEquals: viaService, StringLike: contexts }
        : { StringEquals: { ...viaService, ...contexts } },
    };
  });
}

function keyActions(purpose: Purpose, { service, tiers }: Found): readonly string[] {
  if (purpose === "read") return ["kms:Decrypt"];
  if (service === "secretsmanager") return ["kms:Decrypt", "kms:GenerateDataKey"];
  const seals = [
    ...(tiers.includes("Standard") ? ["kms:Encrypt"] : []),
    ...(tiers.includes("Advanced") ? ["kms:GenerateDataKey"] : []),
  ];
  return purpose === "write" ? seals : ["kms:Decrypt", ...seals];
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
