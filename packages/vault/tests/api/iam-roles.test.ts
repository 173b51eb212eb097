/** Roles as Terraform's aws_iam_role, _role_policy and _role_policy_attachment live. */
import { IAM } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, allows, body, refused, trustsAccount } from "./iam.fixture.ts";
import { sideBySide } from "./refusal.fixture.ts";

const readOnly = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess";

let vault: TestVault;
let iam: IAM;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAM(vault.client);
});
afterAll(async () => {
  iam.destroy();
  expect(vault.faults).toEqual([]);
  await vault.close();
});

test("what Terraform asks of a role, from apply to destroy", async () => {
  const RoleName = "tf";
  const role = { RoleName };
  const { Policy } = await iam.createPolicy({
    PolicyName: "tf-boundary",
    PolicyDocument: allows("ssm:*"),
  });
  const PermissionsBoundary = Policy?.Arn ?? "";
  const Tags = [{ Key: "env", Value: "dev" }];
  await iam.createRole({
    RoleName,
    Path: "/tf/",
    Description: "first",
    MaxSessionDuration: 3600,
    AssumeRolePolicyDocument: trustsAccount,
    PermissionsBoundary,
    Tags,
  });
  await iam.putRolePolicy({ ...role, PolicyName: "in", PolicyDocument: allows("ssm:Get*") });
  await iam.attachRolePolicy({ ...role, PolicyArn: readOnly });
  expect((await iam.getRole(role)).Role).toMatchObject({
    Arn: `arn:aws:iam::${account}:role/tf/tf`,
    Description: "first",
    MaxSessionDuration: 3600,
    PermissionsBoundary: { PermissionsBoundaryArn: PermissionsBoundary },
    Tags,
  });
  const service = trustsAccount.replace(`"AWS":"${account}"`, '"Service":"ec2.amazonaws.com"');
  await iam.updateAssumeRolePolicy({ ...role, PolicyDocument: service });
  await iam.updateRole({ ...role, Description: "second", MaxSessionDuration: 7200 });
  await iam.deleteRolePermissionsBoundary(role);
  await iam.putRolePermissionsBoundary({ ...role, PermissionsBoundary });
  await iam.untagRole({ ...role, TagKeys: ["env"] });
  await iam.tagRole({ ...role, Tags: [{ Key: "env", Value: "prod" }] });
  expect((await iam.listRolePolicies(role)).PolicyNames).toEqual(["in"]);
  const attached = await iam.listAttachedRolePolicies(role);
  expect(attached.AttachedPolicies?.map(({ PolicyArn }) => PolicyArn)).toEqual([readOnly]);
  expect((await iam.listInstanceProfilesForRole(role)).InstanceProfiles).toEqual([]);

  await iam.detachRolePolicy({ ...role, PolicyArn: readOnly });
  await iam.deleteRolePolicy({ ...role, PolicyName: "in" });
  await iam.deleteRole(role);
  await iam.deletePolicy({ PolicyArn: PermissionsBoundary });
});

test("an update changes what it gives and leaves the rest", async () => {
  const RoleName = "updated";
  await iam.createRole({
    RoleName,
    Description: "before",
    AssumeRolePolicyDocument: trustsAccount,
  });
  const now = async () => {
    const { Role } = await iam.getRole({ RoleName });
    return [Role?.Description, Role?.MaxSessionDuration];
  };
  expect(body(await iam.updateRole({ RoleName }))).toEqual({});
  expect(await now()).toEqual(["before", 3600]);
  await iam.updateRole({ RoleName, MaxSessionDuration: 43_200 });
  expect(await now()).toEqual(["before", 43_200]);
  await iam.updateRole({ RoleName, Description: "" });
  expect(await now()).toEqual(["", 43_200]);
  const described = await iam.updateRoleDescription({ RoleName, Description: "after" });
  expect(described.Role).toMatchObject({ RoleName, Description: "after" });
  expect(described.Role).not.toHaveProperty("MaxSessionDuration");
  expect(await now()).toEqual(["after", 43_200]);
});

test.each([
  [
    { MaxSessionDuration: 3599 },
    "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600",
  ],
  [
    { MaxSessionDuration: 43_201 },
    "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200",
  ],
  [
    { Description: "x".repeat(1001) },
    "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000",
  ],
])("UpdateRole %j is refused in IAM's words", async (changes, message) => {
  const update = iam.updateRole({ RoleName: "any", ...changes });
  expect(await refused(update)).toEqual(["ValidationError", message, 400]);
});

test("a role that isn't there is named", async () => {
  const RoleName = "nobody";
  const missing = ["NoSuchEntityException", "The role with name nobody cannot be found.", 404];
  for (const asked of sideBySide([
    iam.updateRole({ RoleName, Description: "x" }),
    iam.updateRoleDescription({ RoleName, Description: "x" }),
    iam.deleteRolePermissionsBoundary({ RoleName }),
    iam.putRolePolicy({ RoleName, PolicyName: "p", PolicyDocument: allows("ssm:*") }),
    iam.listInstanceProfilesForRole({ RoleName }),
  ])) {
    expect(await refused(asked)).toEqual(missing);
  }
});

test("the path of service-linked roles is AWS's, and there are none here", async () => {
  const create = iam.createRole({
    RoleName: "AWSServiceRoleForECS",
    Path: "/aws-service-role/ecs.amazonaws.com/",
    AssumeRolePolicyDocument: trustsAccount,
  });
  expect(await refused(create)).toEqual([
    "InvalidInputException",
    "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles",
    400,
  ]);
  const linked = iam.createServiceLinkedRole({ AWSServiceName: "ecs.amazonaws.com" });
  expect(await refused(linked)).toEqual([
    "InvalidInputException",
    "The service ecs.amazonaws.com has no service-linked role in this vault.",
    400,
  ]);
});
