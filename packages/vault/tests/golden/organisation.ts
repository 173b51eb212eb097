/**
 * A sample organisation to copy from: a shop with three environments and five services, the people
 * who build, audit and run it, and a glass to break. `access-table.txt` shows, cell by cell, what
 * a vault makes of these policies. Replace the account, the path /shop and the tags by your own.
 *
 * Two tags carry it all. Whatever belongs to one environment and service says so in `environment`
 * and `service`: roles, secrets and keys; parameters say it in their path. So one policy serves
 * every workload, and a new service needs a role with two tags and no new policy.
 */

export const account = "123456789012";
export const environments = ["dev", "staging", "prod"] as const;
export const services = ["catalog", "checkout", "mailer", "payments", "reports"] as const;

const secrets = `arn:aws:secretsmanager:*:${account}:secret:*`;
const keys = `arn:aws:kms:*:${account}:key/*`;
const parameters = (path: string) => `arn:aws:ssm:*:${account}:parameter/shop/${path}`;

const readsValues = [
  "secretsmanager:GetSecretValue",
  "secretsmanager:BatchGetSecretValue",
  "ssm:GetParameter",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
  "ssm:GetParameterHistory",
];
/** A customer's key is used through the service that keeps the value, never by itself. */
const throughServices = {
  "kms:ViaService": ["secretsmanager.*.amazonaws.com", "ssm.*.amazonaws.com"],
};

export const policies = {
  /** All that a workload may do, whichever it is: its tags say what is its own. */
  "workload-reads-its-own": [
    {
      Sid: "OwnParameters",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
      Resource: [
        parameters("${aws:PrincipalTag/environment}/${aws:PrincipalTag/service}"),
        parameters("${aws:PrincipalTag/environment}/${aws:PrincipalTag/service}/*"),
      ],
    },
    {
      Sid: "OwnSecrets",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: secrets,
      Condition: {
        StringEquals: {
          "aws:ResourceTag/environment": "${aws:PrincipalTag/environment}",
          "aws:ResourceTag/service": "${aws:PrincipalTag/service}",
        },
      },
    },
    {
      Sid: "KeyOfOwnEnvironment",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keys,
      Condition: {
        StringEquals: { "aws:ResourceTag/environment": "${aws:PrincipalTag/environment}" },
        StringLike: throughServices,
      },
    },
  ],

  /** What a workload may do at most, whatever else somebody attaches to its role by mistake. */
  "workload-boundary": [
    {
      Sid: "ParametersOfOwnEnvironment",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
      Resource: parameters("${aws:PrincipalTag/environment}/*"),
    },
    {
      Sid: "SecretsAndKeyOfOwnEnvironment",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "kms:Decrypt"],
      Resource: [secrets, keys],
      Condition: {
        StringEquals: { "aws:ResourceTag/environment": "${aws:PrincipalTag/environment}" },
      },
    },
  ],

  /** Developers own the values of dev, and see elsewhere that there are some. */
  "developer-works-in-dev": [
    {
      Sid: "SecretsOfDev",
      Effect: "Allow",
      Action: "secretsmanager:*",
      Resource: secrets,
      Condition: { StringEquals: { "aws:ResourceTag/environment": "dev" } },
    },
    { Sid: "ParametersOfDev", Effect: "Allow", Action: "ssm:*", Resource: parameters("dev/*") },
    {
      Sid: "KeyOfDev",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: keys,
      Condition: {
        StringEquals: { "aws:ResourceTag/environment": "dev" },
        StringLike: throughServices,
      },
    },
    {
      Sid: "NamesEverywhere",
      Effect: "Allow",
      Action: [
        "secretsmanager:ListSecrets",
        "secretsmanager:DescribeSecret",
        "ssm:DescribeParameters",
      ],
      Resource: "*",
    },
  ],

  /** Auditors see who may do what and who did it, and no value, whatever else they are given. */
  "auditor-reads-metadata": [
    {
      Sid: "MetadataAndTrail",
      Effect: "Allow",
      Action: [
        "secretsmanager:ListSecrets",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "ssm:DescribeParameters",
        "ssm:ListTagsForResource",
        "kms:Describe*",
        "kms:List*",
        "kms:GetKeyPolicy",
        "iam:Get*",
        "iam:List*",
        "cloudtrail:LookupEvents",
      ],
      Resource: "*",
    },
    {
      Sid: "NoValues",
      Effect: "Deny",
      Action: [...readsValues, "kms:Decrypt"],
      Resource: "*",
    },
  ],

  /** Operators set, rotate and remove values without reading one. */
  "operator-manages-without-reading": [
    {
      Sid: "Manage",
      Effect: "Allow",
      Action: [
        "secretsmanager:CreateSecret",
        "secretsmanager:DescribeSecret",
        "secretsmanager:ListSecrets",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecret",
        "secretsmanager:UpdateSecretVersionStage",
        "secretsmanager:RotateSecret",
        "secretsmanager:DeleteSecret",
        "secretsmanager:RestoreSecret",
        "secretsmanager:TagResource",
        "ssm:PutParameter",
        "ssm:DeleteParameter",
        "ssm:DescribeParameters",
        "ssm:AddTagsToResource",
      ],
      Resource: "*",
    },
    {
      Sid: "SealNewValues",
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"],
      Resource: keys,
      Condition: { StringLike: throughServices },
    },
    { Sid: "NoValues", Effect: "Deny", Action: readsValues, Resource: "*" },
  ],

  /** Whoever is on call may break the glass. */
  "may-break-glass": [
    {
      Sid: "BreakGlass",
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Resource: `arn:aws:iam::${account}:role/break-glass`,
    },
  ],

  /** Behind the glass: every value in every environment, and the trail of who else read it. */
  "break-glass": [
    {
      Sid: "Everything",
      Effect: "Allow",
      Action: ["secretsmanager:*", "ssm:*", "kms:*", "cloudtrail:LookupEvents"],
      Resource: "*",
    },
  ],

  /** What people may do at most: no value of production, except behind the glass. */
  "people-boundary": [
    { Sid: "WhatTheirPoliciesSay", Effect: "Allow", Action: "*", Resource: "*" },
    {
      Sid: "NoSecretsOfProduction",
      Effect: "Deny",
      Action: readsValues,
      Resource: "*",
      Condition: { StringEquals: { "aws:ResourceTag/environment": "prod" } },
    },
    {
      Sid: "NoParametersOfProduction",
      Effect: "Deny",
      Action: readsValues,
      Resource: parameters("prod/*"),
    },
    ...nobodyChangesIdentities(),
  ],

  /** An emergency is no reason to change who may do what. */
  "break-glass-boundary": [
    { Sid: "WhatItsPolicySays", Effect: "Allow", Action: "*", Resource: "*" },
    ...nobodyChangesIdentities(),
  ],
};

export type PolicyName = keyof typeof policies;

/** Users have their policies through groups alone. */
export const groups: Readonly<Record<string, readonly PolicyName[]>> = {
  developers: ["developer-works-in-dev"],
  auditors: ["auditor-reads-metadata"],
  operators: ["operator-manages-without-reading"],
  "on-call": ["may-break-glass"],
};

interface Person {
  readonly groups: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export const people: Readonly<Record<string, Person>> = {
  dana: { groups: ["developers"], tags: {} },
  audrey: { groups: ["auditors"], tags: {} },
  otto: { groups: ["operators"], tags: {} },
  olga: { groups: ["operators", "on-call"], tags: { "on-call": "yes" } },
};

interface RoleOf {
  readonly trust: object;
  readonly policies: readonly string[];
  readonly boundary: PolicyName;
  readonly tags: Readonly<Record<string, string>>;
}

export const roles: Readonly<Record<string, RoleOf>> = {
  "break-glass": {
    trust: {
      ...trustsAccount(),
      Condition: { StringEquals: { "aws:PrincipalTag/on-call": "yes" } },
    },
    policies: [policyArn("break-glass")],
    boundary: "break-glass-boundary",
    tags: {},
  },
  ...Object.fromEntries(
    environments.flatMap((environment) =>
      services.map((service) => [
        `${environment}-${service}`,
        workload(environment, service, [policyArn("workload-reads-its-own")]),
      ]),
    ),
  ),
  /** Somebody has attached AdministratorAccess: its boundary lets it read dev, and no more. */
  "dev-mistaken": workload("dev", "mistaken", ["arn:aws:iam::aws:policy/AdministratorAccess"]),
};

export function policyArn(name: PolicyName): string {
  return `arn:aws:iam::${account}:policy/${name}`;
}

/**
 * Who may be the workload is the affair of its trust policy: here, whoever in the account may
 * assume roles; in a cluster, the service account that the identity provider names.
 */
function workload(environment: string, service: string, attached: readonly string[]): RoleOf {
  return {
    trust: trustsAccount(),
    policies: attached,
    boundary: "workload-boundary",
    tags: { environment, service },
  };
}

function trustsAccount() {
  return { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" };
}

function nobodyChangesIdentities() {
  const verbs = ["Add", "Attach", "Create", "Delete", "Detach", "Put", "Remove", "Set", "Update"];
  return [
    {
      Sid: "NobodyChangesIdentities",
      Effect: "Deny",
      Action: [...verbs, "Tag", "Untag", "PassRole"].map((verb) => `iam:${verb}*`),
      Resource: "*",
    },
  ];
}
