/** Instance profiles as Terraform's aws_iam_instance_profile lives. */
import { IAM } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, allows, body, credentialsOf, refused } from "./iam.fixture.ts";

const AssumeRolePolicyDocument = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

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

test("a profile is created, takes a role, gives it back and is deleted", async () => {
  const InstanceProfileName = "web";
  const Tags = [{ Key: "app", Value: "web" }];
  const created = await iam.createInstanceProfile({ InstanceProfileName, Path: "/a/", Tags });
  const profile = {
    Path: "/a/",
    InstanceProfileName,
    InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
    Arn: `arn:aws:iam::${account}:instance-profile/a/web`,
    CreateDate: expect.any(Date),
    Roles: [],
    Tags,
  };
  expect(body(created)).toEqual({ InstanceProfile: profile });
  const { Role } = await iam.createRole({ RoleName: "web", AssumeRolePolicyDocument });
  const pair = { InstanceProfileName, RoleName: "web" };
  expect(body(await iam.addRoleToInstanceProfile(pair))).toEqual({});
  expect(body(await iam.getInstanceProfile({ InstanceProfileName }))).toEqual({
    InstanceProfile: { ...profile, Roles: [Role] },
  });
  const { Tags: _, ...listed } = { ...profile, Roles: [Role] };
  const list = { InstanceProfiles: [listed], IsTruncated: false };
  expect(body(await iam.listInstanceProfiles({ PathPrefix: "/a/" }))).toEqual(list);
  expect(body(await iam.listInstanceProfilesForRole({ RoleName: "web" }))).toEqual(list);
  expect(body(await iam.listInstanceProfiles({ PathPrefix: "/b/" }))).toEqual({
    InstanceProfiles: [],
    IsTruncated: false,
  });
  const conflict = [
    "DeleteConflictException",
    "Cannot delete entity, must remove roles from instance profile first.",
    409,
  ];
  expect(await refused(iam.deleteRole({ RoleName: "web" }))).toEqual(conflict);
  expect(await refused(iam.deleteInstanceProfile({ InstanceProfileName }))).toEqual(conflict);
  await iam.removeRoleFromInstanceProfile(pair);
  expect(await refused(iam.removeRoleFromInstanceProfile(pair))).toEqual([
    "NoSuchEntityException",
    "Role web in Instance Profile web cannot be found.",
    404,
  ]);
  await iam.deleteRole({ RoleName: "web" });
  await iam.deleteInstanceProfile({ InstanceProfileName });
  expect(await refused(iam.getInstanceProfile({ InstanceProfileName }))).toEqual([
    "NoSuchEntityException",
    "Instance Profile web cannot be found.",
    404,
  ]);
});

test("a profile without tags shows an empty list of them only when it is asked about", async () => {
  const InstanceProfileName = "untagged";
  const created = await iam.createInstanceProfile({ InstanceProfileName });
  expect(created.InstanceProfile).not.toHaveProperty("Tags");
  expect((await iam.getInstanceProfile({ InstanceProfileName })).InstanceProfile?.Tags).toEqual([]);
  expect(await refused(iam.createInstanceProfile({ InstanceProfileName }))).toEqual([
    "EntityAlreadyExistsException",
    "Instance Profile untagged already exists.",
    409,
  ]);
});

test("a profile has one role, and a role may be in many profiles", async () => {
  for (const RoleName of ["one", "two"])
    await iam.createRole({ RoleName, AssumeRolePolicyDocument });
  for (const InstanceProfileName of ["p-b", "p-a"]) {
    await iam.createInstanceProfile({ InstanceProfileName });
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: "one" });
  }
  const second = iam.addRoleToInstanceProfile({ InstanceProfileName: "p-a", RoleName: "two" });
  expect(await refused(second)).toEqual([
    "LimitExceededException",
    "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    409,
  ]);
  const page = await iam.listInstanceProfilesForRole({ RoleName: "one", MaxItems: 1 });
  const next = await iam.listInstanceProfilesForRole({ RoleName: "one", Marker: page.Marker });
  const names = [page, next].map(({ InstanceProfiles = [] }) =>
    InstanceProfiles.map(({ InstanceProfileName }) => InstanceProfileName),
  );
  expect(names).toEqual([["p-a"], ["p-b"]]);
  expect((await iam.listInstanceProfilesForRole({ RoleName: "two" })).InstanceProfiles).toEqual([]);
});

test("what isn't there is named", async () => {
  await iam.createInstanceProfile({ InstanceProfileName: "there" });
  await iam.createRole({ RoleName: "there", AssumeRolePolicyDocument });
  const noProfile = ["NoSuchEntityException", "Instance Profile nothing cannot be found.", 404];
  const noRole = ["NoSuchEntityException", "The role with name nobody cannot be found.", 404];
  const asked = (InstanceProfileName: string, RoleName: string) => [
    () => iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName }),
    () => iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }),
  ];
  for (const ask of asked("nothing", "there")) expect(await refused(ask())).toEqual(noProfile);
  for (const ask of asked("there", "nobody")) expect(await refused(ask())).toEqual(noRole);
  const forNobody = iam.listInstanceProfilesForRole({ RoleName: "nobody" });
  expect(await refused(forNobody)).toEqual(noRole);
  const remove = iam.deleteInstanceProfile({ InstanceProfileName: "nothing" });
  expect(await refused(remove)).toEqual(noProfile);
});

test("putting a role in takes the permission to pass it to EC2", async () => {
  const UserName = "passer";
  await iam.createUser({ UserName });
  await iam.createInstanceProfile({ InstanceProfileName: "passed" });
  await iam.createRole({ RoleName: "passed", AssumeRolePolicyDocument });
  const pair = { InstanceProfileName: "passed", RoleName: "passed" };
  const PolicyDocument = allows("iam:AddRoleToInstanceProfile");
  await iam.putUserPolicy({ UserName, PolicyName: "add", PolicyDocument });
  const own = new IAM({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
  const [code, message] = await refused(own.addRoleToInstanceProfile(pair));
  expect(code).toBe("AccessDenied");
  expect(message).toContain(
    `iam:PassRole on resource: arn:aws:iam::${account}:role/passed because no identity-based`,
  );
  const pass = JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: `arn:aws:iam::${account}:role/passed`,
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
  });
  await iam.putUserPolicy({ UserName, PolicyName: "pass", PolicyDocument: pass });
  await own.addRoleToInstanceProfile(pair);
  own.destroy();
});
