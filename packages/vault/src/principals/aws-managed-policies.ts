/**
 * AWS managed policies that speak about what this vault does, with AWS's own ids, dates and
 * documents. They are part of the program: every account has them, none can change them.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
import { iamArn } from "./arns.ts";
import type { ManagedPolicy } from "./records.ts";

interface Published {
  readonly name: string;
  readonly uniqueId: string;
  readonly description: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly versionId: string;
  readonly statements: readonly object[];
}

const published: readonly Published[] = [
  {
    name: "AdministratorAccess",
    uniqueId: "ANPAIWMBCKSKIEE64ZLYK",
    description: "Provides full access to AWS services and resources.",
    createdAt: "2015-02-06T18:39:46Z",
    updatedAt: "2015-02-06T18:39:46Z",
    versionId: "v1",
    statements: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  },
  {
    name: "AmazonSSMFullAccess",
    uniqueId: "ANPAJA7V6HI4ISQFMDYAG",
    description: "Provides full access to Amazon SSM.",
    createdAt: "2015-05-29T17:39:47Z",
    updatedAt: "2019-11-20T20:08:56Z",
    versionId: "v4",
    statements: [
      {
        Effect: "Allow",
        Action: [
          "cloudwatch:PutMetricData",
          "ds:CreateComputer",
          "ds:DescribeDirectories",
          "ec2:DescribeInstanceStatus",
          "logs:*",
          "ssm:*",
          "ec2messages:*",
        ],
        Resource: "*",
      },
      {
        Effect: "Allow",
        Action: "iam:CreateServiceLinkedRole",
        Resource:
          "arn:aws:iam::*:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM*",
        Condition: { StringLike: { "iam:AWSServiceName": "ssm.amazonaws.com" } },
      },
      {
        Effect: "Allow",
        Action: ["iam:DeleteServiceLinkedRole", "iam:GetServiceLinkedRoleDeletionStatus"],
        Resource:
          "arn:aws:iam::*:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM*",
      },
      {
        Effect: "Allow",
        Action: [
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ],
        Resource: "*",
      },
    ],
  },
  {
    name: "AmazonSSMReadOnlyAccess",
    uniqueId: "ANPAJODSKQGGJTHRYZ5FC",
    description: "Provides read only access to Amazon SSM.",
    createdAt: "2015-05-29T17:44:19Z",
    updatedAt: "2015-05-29T17:44:19Z",
    versionId: "v1",
    statements: [
      { Effect: "Allow", Action: ["ssm:Describe*", "ssm:Get*", "ssm:List*"], Resource: "*" },
    ],
  },
  {
    name: "SecretsManagerReadWrite",
    uniqueId: "ANPAI3VG7CI5BIQZQ6G2E",
    description:
      "Provides read/write access to AWS Secrets Manager via the AWS Management Console. Note: this exludes IAM actions, so combine with IAMFullAccess if rotation configuration is required.",
    createdAt: "2018-04-04T18:05:29Z",
    updatedAt: "2024-02-22T18:12:06Z",
    versionId: "v5",
    statements: [
      {
        Sid: "BasePermissions",
        Effect: "Allow",
        Action: [
          "secretsmanager:*",
          "cloudformation:CreateChangeSet",
          "cloudformation:DescribeChangeSet",
          "cloudformation:DescribeStackResource",
          "cloudformation:DescribeStacks",
          "cloudformation:ExecuteChangeSet",
          "docdb-elastic:GetCluster",
          "docdb-elastic:ListClusters",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "kms:DescribeKey",
          "kms:ListAliases",
          "kms:ListKeys",
          "lambda:ListFunctions",
          "rds:DescribeDBClusters",
          "rds:DescribeDBInstances",
          "redshift:DescribeClusters",
          "redshift-serverless:ListWorkgroups",
          "redshift-serverless:GetNamespace",
          "tag:GetResources",
        ],
        Resource: "*",
      },
      {
        Sid: "LambdaPermissions",
        Effect: "Allow",
        Action: [
          "lambda:AddPermission",
          "lambda:CreateFunction",
          "lambda:GetFunction",
          "lambda:InvokeFunction",
          "lambda:UpdateFunctionConfiguration",
        ],
        Resource: "arn:aws:lambda:*:*:function:SecretsManager*",
      },
      {
        Sid: "SARPermissions",
        Effect: "Allow",
        Action: ["serverlessrepo:CreateCloudFormationChangeSet", "serverlessrepo:GetApplication"],
        Resource: "arn:aws:serverlessrepo:*:*:applications/SecretsManager*",
      },
      {
        Sid: "S3Permissions",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: [
          "arn:aws:s3:::awsserverlessrepo-changesets*",
          "arn:aws:s3:::secrets-manager-rotation-apps-*/*",
        ],
      },
    ],
  },
];

/** In the order of their names. */
export const awsManagedPolicies: readonly ManagedPolicy[] = published.map(
  ({ statements, createdAt, updatedAt, ...policy }) => ({
    ...policy,
    accountId: "aws",
    path: "/",
    document: JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 4),
    tags: [],
    createdAt: Date.parse(createdAt),
    updatedAt: Date.parse(updatedAt),
    attachmentCount: 0,
  }),
);

const byArn = new Map(
  awsManagedPolicies.map((policy) => [iamArn("aws", "policy", policy.path, policy.name), policy]),
);

/** The AWS managed policy of this ARN: the same object each time. */
export function awsManagedPolicy(arn: string): ManagedPolicy | undefined {
  return byArn.get(arn);
}
