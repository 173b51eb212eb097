/**
 * AWS managed policies with AWS's own ids, dates and documents, in the order of their names.
 *
 * Of ReadOnlyAccess and SecurityAudit, which name some two thousand actions, this is the part
 * about services that exist here. As on AWS neither allows secretsmanager:GetSecretValue or
 * kms:Decrypt; ReadOnlyAccess does read parameters (`ssm:Get*`), SecurityAudit doesn't.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */

interface Published {
  readonly name: string;
  readonly uniqueId: string;
  readonly description: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly versionId: string;
  readonly statements: readonly object[];
}

export const published: readonly Published[] = [
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
    name: "IAMFullAccess",
    uniqueId: "ANPAI7XKCFMBPM3QQRRVQ",
    description: "Provides full access to IAM via the AWS Management Console.",
    createdAt: "2015-02-06T18:40:38Z",
    updatedAt: "2019-06-21T19:40:00Z",
    versionId: "v2",
    statements: [
      {
        Effect: "Allow",
        Action: [
          "iam:*",
          "organizations:DescribeAccount",
          "organizations:DescribeOrganization",
          "organizations:DescribeOrganizationalUnit",
          "organizations:DescribePolicy",
          "organizations:ListChildren",
          "organizations:ListParents",
          "organizations:ListPoliciesForTarget",
          "organizations:ListRoots",
          "organizations:ListPolicies",
          "organizations:ListTargetsForPolicy",
        ],
        Resource: "*",
      },
    ],
  },
  {
    name: "IAMReadOnlyAccess",
    uniqueId: "ANPAJKSO7NDY4T57MWDSQ",
    description: "Provides read only access to IAM via the AWS Management Console.",
    createdAt: "2015-02-06T18:40:39Z",
    updatedAt: "2018-01-25T19:11:27Z",
    versionId: "v4",
    statements: [
      {
        Effect: "Allow",
        Action: [
          "iam:GenerateCredentialReport",
          "iam:GenerateServiceLastAccessedDetails",
          "iam:Get*",
          "iam:List*",
          "iam:SimulateCustomPolicy",
          "iam:SimulatePrincipalPolicy",
        ],
        Resource: "*",
      },
    ],
  },
  {
    name: "ReadOnlyAccess",
    uniqueId: "ANPAILL3HVNFSB6DCOWYQ",
    description: "Provides read-only access to AWS services and resources.",
    createdAt: "2015-02-06T18:39:48Z",
    updatedAt: "2026-04-03T15:27:12Z",
    versionId: "v182",
    statements: [
      {
        Sid: "ReadOnlyActionsGroup1",
        Effect: "Allow",
        Action: [
          "cloudtrail:Describe*",
          "cloudtrail:Get*",
          "cloudtrail:List*",
          "cloudtrail:LookupEvents",
          "iam:Generate*",
          "iam:Get*",
          "iam:List*",
          "iam:Simulate*",
        ],
        Resource: "*",
      },
      {
        Sid: "ReadOnlyActionsGroup2",
        Effect: "Allow",
        Action: [
          "kms:Describe*",
          "kms:Get*",
          "kms:List*",
          "organizations:Describe*",
          "organizations:List*",
          "secretsmanager:Describe*",
          "secretsmanager:GetResourcePolicy",
          "secretsmanager:List*",
          "ssm:Describe*",
          "ssm:Get*",
          "ssm:List*",
          "sts:GetAccessKeyInfo",
          "sts:GetCallerIdentity",
          "sts:GetSessionToken",
        ],
        Resource: "*",
      },
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
  {
    name: "SecurityAudit",
    uniqueId: "ANPAIX2T3QCXHR2OGGCTO",
    description:
      "The security audit template grants access to read security configuration metadata. It is useful for software that audits the configuration of an AWS account.",
    createdAt: "2015-02-06T18:41:01Z",
    updatedAt: "2026-05-01T03:12:13Z",
    versionId: "v86",
    statements: [
      {
        Sid: "BaseSecurityAuditStatement",
        Effect: "Allow",
        Action: [
          "cloudtrail:DescribeTrails",
          "cloudtrail:GetEventSelectors",
          "cloudtrail:GetInsightSelectors",
          "cloudtrail:GetTrail",
          "cloudtrail:GetTrailStatus",
          "cloudtrail:ListTags",
          "cloudtrail:ListTrails",
          "cloudtrail:LookupEvents",
          "iam:GenerateCredentialReport",
          "iam:GenerateServiceLastAccessedDetails",
          "iam:Get*",
          "iam:List*",
          "iam:SimulateCustomPolicy",
          "iam:SimulatePrincipalPolicy",
          "kms:Describe*",
          "kms:Get*",
          "kms:List*",
          "organizations:Describe*",
          "organizations:List*",
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetResourcePolicy",
          "secretsmanager:ListSecrets",
          "secretsmanager:ListSecretVersionIds",
          "ssm:Describe*",
          "ssm:GetAutomationExecution",
          "ssm:GetServiceSetting",
          "ssm:ListAssociations",
          "ssm:ListAssociationVersions",
          "ssm:ListCommands",
          "ssm:ListComplianceItems",
          "ssm:ListComplianceSummaries",
          "ssm:ListDocumentMetadataHistory",
          "ssm:ListDocuments",
          "ssm:ListDocumentVersions",
          "ssm:ListInventoryEntries",
          "ssm:ListOpsMetadata",
          "ssm:ListResourceComplianceSummaries",
          "ssm:ListResourceDataSync",
          "ssm:ListTagsForResource",
          "sts:GetAccessKeyInfo",
        ],
        Resource: "*",
      },
    ],
  },
];
