/**
 * The AWS managed keys, and the key policies that AWS gives to keys that come without one, in
 * AWS's words.
 */
import type { Scope } from "../scope.ts";

export type ManagedAlias = "alias/aws/secretsmanager" | "alias/aws/ssm";

export const managedAliases: readonly ManagedAlias[] = [
  "alias/aws/secretsmanager",
  "alias/aws/ssm",
];

export function isManagedAlias(name: string): name is ManagedAlias {
  return (managedAliases as readonly string[]).includes(name);
}

export function managedDescription(alias: ManagedAlias): string {
  const what = alias === "alias/aws/ssm" ? "SSM parameters" : "Secrets Manager data";
  return `Default key that protects my ${what} when no other key is defined`;
}

/** Leaves the decision to the account's IAM policies. */
export function defaultKeyPolicy(scope: Scope): string {
  return document("key-default-1", [
    {
      Sid: "Enable IAM User Permissions",
      Effect: "Allow",
      Principal: accountRoot(scope),
      Action: "kms:*",
      Resource: "*",
    },
  ]);
}

/** Anyone in the account may use the key, but only through its service. */
export function managedKeyPolicy(scope: Scope, alias: ManagedAlias): string {
  return alias === "alias/aws/ssm" ? ssmPolicy(scope) : secretsManagerPolicy(scope);
}

function ssmPolicy(scope: Scope): string {
  return document("auto-ssm-1", [
    {
      Sid: "Allow access through SSM for all principals in the account that are authorized to use SSM",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:CreateGrant",
        "kms:DescribeKey",
      ],
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:CallerAccount": scope.accountId,
          "kms:ViaService": `ssm.${scope.region}.amazonaws.com`,
        },
      },
    },
    metadataStatement(scope),
  ]);
}

function secretsManagerPolicy(scope: Scope): string {
  return document("auto-secretsmanager-2", [
    {
      Sid: "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use AWS Secrets Manager",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:CreateGrant",
        "kms:DescribeKey",
      ],
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:CallerAccount": scope.accountId,
          "kms:ViaService": `secretsmanager.${scope.region}.amazonaws.com`,
        },
      },
    },
    {
      // AWS repeats the Sid here; the vault's policies have unique ones.
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "kms:GenerateDataKey*",
      Resource: "*",
      Condition: {
        StringEquals: { "kms:CallerAccount": scope.accountId },
        StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" },
      },
    },
    metadataStatement(scope),
  ]);
}

function metadataStatement(scope: Scope) {
  return {
    Sid: "Allow direct access to key metadata to the account",
    Effect: "Allow",
    Principal: accountRoot(scope),
    Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
    Resource: "*",
  };
}

function accountRoot({ accountId }: Scope) {
  return { AWS: `arn:aws:iam::${accountId}:root` };
}

function document(id: string, statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Id: id, Statement: statements });
}
