/** IAM's policy simulator over HTTP, held to replies that were recorded from AWS where there are. */
import { IAM, type SimulateCustomPolicyCommandInput } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, allows, body, refused, trustsAccount } from "./iam.fixture.ts";

const bucket = "arn:aws:s3:::bucket/key";

let vault: TestVault;
let iam: IAM;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAM(vault.client);
});
afterAll(async () => {
  iam.destroy();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string, more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource: "*",
  ...more,
});
const deny = (Action: string, more: object = {}) => ({ ...allow(Action, more), Effect: "Deny" });

async function custom(input: Partial<SimulateCustomPolicyCommandInput>) {
  const { EvaluationResults = [] } = await iam.simulateCustomPolicy({
    PolicyInputList: [policy(allow("s3:GetObject"))],
    ActionNames: ["s3:GetObject"],
    ...input,
  });
  return EvaluationResults;
}

test("more work than others can wait for is refused", async () => {
  const long = policy(...Array.from({ length: 1000 }, () => allow("s3:GetObject")));
  const ActionNames = Array.from({ length: 100 }, (_, at) => `s3:Action${at}`);
  const ResourceArns = Array.from({ length: 100 }, (_, at) => `${bucket}/${at}`);
  const asked = custom({ PolicyInputList: [long], ActionNames, ResourceArns });
  expect(await refused(asked)).toEqual([
    "InvalidInputException",
    "The policies are too long for so many actions and resources.",
    400,
  ]);
});

describe("custom policies", () => {
  // https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html#examples
  const dated =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}';
  const currentTime = (value: string) => ({
    PolicyInputList: [dated],
    ActionNames: ["dynamodb:CreateBackup"],
    ContextEntries: [
      {
        ContextKeyName: "aws:CurrentTime",
        ContextKeyValues: [value],
        ContextKeyType: "date" as const,
      },
    ],
  });

  test("the examples of AWS's documentation give what it prints", async () => {
    expect(await custom(currentTime("2019-04-25T11:00:00Z"))).toEqual([
      {
        EvalActionName: "dynamodb:CreateBackup",
        EvalResourceName: "*",
        EvalDecision: "allowed",
        MatchedStatements: [
          {
            SourcePolicyId: "PolicyInputList.1",
            SourcePolicyType: "IAM Policy",
            StartPosition: { Line: 1, Column: 38 },
            EndPosition: { Line: 1, Column: 167 },
          },
        ],
        MissingContextValues: [],
      },
    ]);
    expect(await custom(currentTime("2014-04-25T11:00:00Z"))).toMatchObject([
      { EvalDecision: "implicitDeny", MatchedStatements: [], MissingContextValues: [] },
    ]);
  });

  test("statements are placed as AWS places them: each begins where the one before ended", async () => {
    const documents = policy(allow("s3:GetObject"), deny("s3:Get*"));
    const [result] = await custom({ PolicyInputList: [documents] });
    const end = JSON.stringify(allow("s3:GetObject")).length + 38;
    expect(result?.MatchedStatements).toMatchObject([
      { StartPosition: { Line: 1, Column: end }, EndPosition: { Line: 1 } },
    ]);
    const indented = JSON.stringify(JSON.parse(policy(allow("*"))), null, 2);
    const [pretty] = await custom({ PolicyInputList: [indented] });
    expect(pretty?.MatchedStatements).toMatchObject([
      { StartPosition: { Line: 3, Column: 17 }, EndPosition: { Line: 8, Column: 6 } },
    ]);
  });

  test("what is missing from the context is told, and doesn't come from the request", async () => {
    const PolicyInputList = [
      policy(
        allow("s3:GetObject", {
          Resource: "arn:aws:s3:::bucket/${aws:username}/*",
          Condition: { IpAddress: { "aws:SourceIp": "127.0.0.1" } },
        }),
        allow("s3:PutObject", { Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      ),
    ];
    const ResourceArns = ["arn:aws:s3:::bucket/ana/1"];
    expect(await custom({ PolicyInputList, ResourceArns })).toMatchObject([
      {
        EvalDecision: "implicitDeny",
        MissingContextValues: ["aws:username", "aws:SourceIp"],
      },
    ]);
    const entry = (ContextKeyName: string, value: string, ContextKeyType: "string" | "ip") => ({
      ContextKeyName,
      ContextKeyValues: [value],
      ContextKeyType,
    });
    const ContextEntries = [
      entry("AWS:Username", "ana", "string"),
      entry("aws:sourceip", "127.0.0.1", "ip"),
    ];
    expect(await custom({ PolicyInputList, ResourceArns, ContextEntries })).toMatchObject([
      { EvalDecision: "allowed", MissingContextValues: [] },
    ]);
    expect(await custom({ PolicyInputList, ActionNames: ["s3:PutObject"] })).toMatchObject([
      { EvalDecision: "implicitDeny", MissingContextValues: ["aws:SecureTransport"] },
    ]);
  });

  test("lists of values are lists", async () => {
    const PolicyInputList = [
      policy(
        allow("s3:GetObject", {
          Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] } },
        }),
      ),
    ];
    const withKeys = (...ContextKeyValues: string[]) =>
      custom({
        PolicyInputList,
        ContextEntries: [
          { ContextKeyName: "aws:TagKeys", ContextKeyValues, ContextKeyType: "stringList" },
        ],
      });
    expect(await withKeys("a", "b")).toMatchObject([{ EvalDecision: "allowed" }]);
    expect(await withKeys("a", "c")).toMatchObject([{ EvalDecision: "implicitDeny" }]);
  });

  test("one resource is told in the result, several inside it", async () => {
    const [one] = await custom({ ResourceArns: [bucket] });
    expect(one).toMatchObject({
      EvalResourceName: bucket,
      EvalDecision: "allowed",
      EvalDecisionDetails: {},
      ResourceSpecificResults: [{ EvalResourceName: bucket, EvalResourceDecision: "allowed" }],
    });
    const PolicyInputList = [
      policy(
        allow("s3:*", { Resource: "arn:aws:s3:::a/*" }),
        deny("s3:*", { Resource: "arn:aws:s3:::b/*" }),
      ),
    ];
    const ResourceArns = ["arn:aws:s3:::a/1", "arn:aws:s3:::b/1", "arn:aws:s3:::c/1"];
    const [several] = await custom({ PolicyInputList, ResourceArns });
    expect(several).toMatchObject({ EvalDecision: "explicitDeny", MatchedStatements: [] });
    expect(
      several?.ResourceSpecificResults?.map(
        ({ EvalResourceDecision, MatchedStatements = [] }) =>
          `${EvalResourceDecision} ${MatchedStatements.length}`,
      ),
    ).toEqual(["allowed 1", "explicitDeny 1", "implicitDeny 0"]);
  });

  test("a boundary gives nothing, and says whether it would let it pass", async () => {
    const within = (boundary: object) =>
      custom({ PermissionsBoundaryPolicyInputList: [policy(boundary)] });
    expect(await within(allow("s3:*"))).toMatchObject([
      {
        EvalDecision: "allowed",
        PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
      },
    ]);
    expect(await within(allow("ssm:*"))).toMatchObject([
      {
        EvalDecision: "implicitDeny",
        PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
      },
    ]);
    expect(await within(deny("s3:*"))).toMatchObject([
      {
        EvalDecision: "explicitDeny",
        MatchedStatements: [{ SourcePolicyType: "Permissions Boundary Policy" }],
        PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
      },
    ]);
  });

  test("a resource's policy is asked about its caller, within and across accounts", async () => {
    const CallerArn = `arn:aws:iam::${account}:user/ana`;
    const ResourcePolicy = policy({
      Effect: "Allow",
      Principal: { AWS: CallerArn },
      Action: "s3:PutObject",
      Resource: bucket,
    });
    const asked = { ActionNames: ["s3:PutObject"], ResourceArns: [bucket], ResourcePolicy };
    expect(await custom({ ...asked, CallerArn })).toMatchObject([
      {
        EvalDecision: "allowed",
        MatchedStatements: [
          { SourcePolicyId: "ResourcePolicy", SourcePolicyType: "Resource Policy" },
        ],
      },
    ]);
    const other = CallerArn.replace("ana", "ben");
    expect(await custom({ ...asked, CallerArn: other })).toMatchObject([
      { EvalDecision: "implicitDeny" },
    ]);
    const ResourceOwner = "arn:aws:iam::210987654321:root";
    expect(await custom({ ...asked, CallerArn, ResourceOwner })).toMatchObject([
      {
        EvalDecision: "implicitDeny",
        EvalDecisionDetails: { "IAM Policy": "implicitDeny", "Resource Policy": "allowed" },
      },
    ]);
    expect((await refused(custom(asked)))[0]).toBe("InvalidInputException");
  });

  test("results come in pages", async () => {
    const ActionNames = ["s3:A", "s3:B", "s3:C"];
    const PolicyInputList = [policy(allow("*"))];
    const first = await iam.simulateCustomPolicy({ PolicyInputList, ActionNames, MaxItems: 2 });
    expect(first.EvaluationResults).toHaveLength(2);
    expect(first.IsTruncated).toBe(true);
    const { Marker } = first;
    const rest = await iam.simulateCustomPolicy({ PolicyInputList, ActionNames, Marker });
    expect(rest.EvaluationResults?.map(({ EvalActionName }) => EvalActionName)).toEqual(["s3:C"]);
    expect(rest.IsTruncated).toBe(false);
  });

  test.each<[string, Partial<SimulateCustomPolicyCommandInput>]>([
    ["a policy that isn't one", { PolicyInputList: ["{}"] }],
    ["an action without a service", { ActionNames: ["GetObject"] }],
    ["an action that is a pattern", { ActionNames: ["s3:*"] }],
    ["a resource that is no ARN", { ResourceArns: ["bucket"] }],
    ["a caller who is no user", { CallerArn: `arn:aws:iam::${account}:role/web` }],
    ["two boundaries", { PermissionsBoundaryPolicyInputList: [allows("*"), allows("*")] }],
    [
      "a number that is none",
      {
        ContextEntries: [
          { ContextKeyName: "s3:max-keys", ContextKeyValues: ["many"], ContextKeyType: "numeric" },
        ],
      },
    ],
    [
      "two values for one",
      {
        ContextEntries: [
          { ContextKeyName: "aws:TagKeys", ContextKeyValues: ["a", "b"], ContextKeyType: "string" },
        ],
      },
    ],
  ])("%s is refused", async (_what, input) => {
    expect((await refused(custom(input)))[0]).toBe("InvalidInputException");
  });

  test("what can't be honoured is refused by name", async () => {
    const [code, message] = await refused(custom({ ResourceHandlingOption: "EC2-VPC-EBS" }));
    expect(code).toBe("ValidationError");
    expect(message).toContain("ResourceHandlingOption is not supported");
  });
});

describe("a principal's policies", () => {
  const arn = (kind: string, name: string) => `arn:aws:iam::${account}:${kind}/${name}`;

  beforeAll(async () => {
    await iam.createPolicy({ PolicyName: "managed", PolicyDocument: allows("ssm:GetParameter") });
    await iam.createGroup({ GroupName: "team" });
    await iam.putGroupPolicy({
      GroupName: "team",
      PolicyName: "inline",
      PolicyDocument: allows("kms:Decrypt"),
    });
    await iam.createUser({ UserName: "ana", Tags: [{ Key: "team", Value: "blue" }] });
    await iam.addUserToGroup({ GroupName: "team", UserName: "ana" });
    await iam.attachUserPolicy({ UserName: "ana", PolicyArn: arn("policy", "managed") });
    await iam.putUserPolicy({
      UserName: "ana",
      PolicyName: "own",
      PolicyDocument: policy(
        allow("ssm:DeleteParameter", {
          Resource: "arn:aws:ssm:*:*:parameter/${aws:PrincipalTag/team}/${aws:username}",
        }),
      ),
    });
    await iam.createRole({ RoleName: "web", AssumeRolePolicyDocument: trustsAccount });
    await iam.putRolePolicy({
      RoleName: "web",
      PolicyName: "own",
      PolicyDocument: allows("ssm:GetParameter"),
    });
  });

  async function principal(PolicySourceArn: string, ActionNames: string[], more: object = {}) {
    const { EvaluationResults = [] } = await iam.simulatePrincipalPolicy({
      PolicySourceArn,
      ActionNames,
      ...more,
    });
    return EvaluationResults;
  }
  const sources = (results: Awaited<ReturnType<typeof principal>>) =>
    results.map(
      ({ EvalDecision, MatchedStatements = [] }) =>
        `${EvalDecision} ${MatchedStatements.map(({ SourcePolicyId }) => SourcePolicyId)}`,
    );

  test("are a user's own, its groups' and those that are added", async () => {
    const actions = ["ssm:GetParameter", "kms:Decrypt", "s3:GetObject"];
    expect(sources(await principal(arn("user", "ana"), actions))).toEqual([
      "allowed managed",
      "allowed group_team_inline",
      "implicitDeny ",
    ]);
    const PolicyInputList = [policy(deny("kms:*"))];
    expect(sources(await principal(arn("user", "ana"), actions, { PolicyInputList }))).toEqual([
      "allowed managed",
      "explicitDeny PolicyInputList.1",
      "implicitDeny ",
    ]);
    expect(sources(await principal(arn("group", "team"), ["kms:Decrypt"]))).toEqual([
      "allowed group_team_inline",
    ]);
    expect(sources(await principal(arn("role", "web"), ["ssm:GetParameter"]))).toEqual([
      "allowed role_web_own",
    ]);
  });

  test("know the user's name and tags", async () => {
    const ResourceArns = [`arn:aws:ssm:us-east-1:${account}:parameter/blue/ana`];
    expect(
      sources(await principal(arn("user", "ana"), ["ssm:DeleteParameter"], { ResourceArns })),
    ).toEqual(["allowed user_ana_own"]);
  });

  test("stay within the boundary that is set, or the one that is given", async () => {
    await iam.putUserPermissionsBoundary({
      UserName: "ana",
      PermissionsBoundary: "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess",
    });
    const [result] = await principal(arn("user", "ana"), ["kms:Decrypt"]);
    expect(result).toMatchObject({
      EvalDecision: "implicitDeny",
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
    const [given] = await principal(arn("user", "ana"), ["kms:Decrypt"], {
      PermissionsBoundaryPolicyInputList: [allows("kms:*")],
    });
    expect(given?.EvalDecision).toBe("allowed");
  });

  test("a source that isn't there, or can't have policies, is refused", async () => {
    expect(await refused(principal(arn("user", "nobody"), ["s3:GetObject"]))).toEqual([
      "NoSuchEntityException",
      "The user with name nobody cannot be found.",
      404,
    ]);
    const root = `arn:aws:iam::${account}:root`;
    expect(await refused(principal(root, ["s3:GetObject"]))).toEqual([
      "InvalidInputException",
      `Invalid Entity Arn: ${root} does not clearly define entity type and name.`,
      400,
    ]);
  });

  test("ask about these context keys", async () => {
    const keys = await iam.getContextKeysForPrincipalPolicy({
      PolicySourceArn: arn("user", "ana"),
    });
    expect(body(keys)).toEqual({
      ContextKeyNames: ["aws:PrincipalTag/team", "aws:username"],
    });
    const PolicyInputList = [
      policy(
        allow("s3:GetObject", {
          Condition: { StringLike: { "AWS:UserName": "a*", "s3:prefix": "x" } },
        }),
      ),
    ];
    const more = await iam.getContextKeysForPrincipalPolicy({
      PolicySourceArn: arn("user", "ana"),
      PolicyInputList,
    });
    expect(more.ContextKeyNames).toEqual(["aws:PrincipalTag/team", "aws:username", "s3:prefix"]);
    const custom = await iam.getContextKeysForCustomPolicy({ PolicyInputList });
    expect(custom.ContextKeyNames).toEqual(["AWS:UserName", "s3:prefix"]);
    const malformed = iam.getContextKeysForCustomPolicy({ PolicyInputList: ["[]"] });
    expect((await refused(malformed))[0]).toBe("InvalidInputException");
  });
});
