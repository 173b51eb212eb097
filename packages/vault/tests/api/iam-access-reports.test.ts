/** Access reports over HTTP: which services something lets one use, and when that was last done. */
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, allows, credentialsOf, refused, trustsAccount } from "./iam.fixture.ts";

const policyArn = `arn:aws:iam::${account}:policy/reader`;
const userArn = (name: string) => `arn:aws:iam::${account}:user/${name}`;
const groupArn = `arn:aws:iam::${account}:group/readers`;
const roleArn = `arn:aws:iam::${account}:role/web`;

let vault: TestVault;
let iam: IAM;
/** A user who may do everything. */
let admin: IAM;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAM(vault.client);
  await iam.createPolicy({
    PolicyName: "reader",
    PolicyDocument: allows(["ssm:GetParameter", "ssm:DescribeParameters", "secretsmanager:*"]),
  });
  await iam.createGroup({ GroupName: "readers" });
  await iam.attachGroupPolicy({ GroupName: "readers", PolicyArn: policyArn });
  for (const UserName of ["ana", "ben", "idle", "admin"]) await iam.createUser({ UserName });
  await iam.addUserToGroup({ GroupName: "readers", UserName: "ana" });
  await iam.addUserToGroup({ GroupName: "readers", UserName: "ben" });
  await iam.putUserPolicy({
    UserName: "ana",
    PolicyName: "own",
    PolicyDocument: allows("kms:ListKeys"),
  });
  await iam.createRole({ RoleName: "web", AssumeRolePolicyDocument: trustsAccount });
  await iam.attachRolePolicy({ RoleName: "web", PolicyArn: policyArn });
  await iam.attachUserPolicy({
    UserName: "admin",
    PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
  });
  admin = new IAM({ ...vault.client, credentials: await credentialsOf(iam, "admin") });

  const ana = await credentialsOf(iam, "ana");
  const ssm = new SSM({ ...vault.client, credentials: ana });
  await ssm.describeParameters({});
  // What is denied was asked for all the same.
  await refused(ssm.putParameter({ Name: "/a", Value: "b", Type: "String" }));
  ssm.destroy();

  const sts = new STS({ ...vault.client, credentials: vault.credentials });
  for (const [RoleSessionName, region] of [
    ["first", "us-east-1"],
    ["second", "eu-central-1"],
  ] as const) {
    const { Credentials } = await sts.assumeRole({ RoleArn: roleArn, RoleSessionName });
    const secrets = new SecretsManager({
      ...vault.client,
      region,
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      },
    });
    await secrets.listSecrets({});
    secrets.destroy();
  }
  sts.destroy();
});
afterAll(async () => {
  iam.destroy();
  admin.destroy();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

async function report(Arn: string, Granularity?: "ACTION_LEVEL") {
  const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn, Granularity });
  return iam.getServiceLastAccessedDetails({ JobId });
}

test("a user's report has the services that its policies and its groups' name", async () => {
  const { JobStatus, JobType, ServicesLastAccessed } = await report(userArn("ana"));
  expect([JobStatus, JobType]).toEqual(["COMPLETED", "SERVICE_LEVEL"]);
  expect(ServicesLastAccessed).toEqual([
    expect.objectContaining({ ServiceNamespace: "kms", TotalAuthenticatedEntities: 0 }),
    expect.objectContaining({ ServiceNamespace: "secretsmanager", TotalAuthenticatedEntities: 0 }),
    expect.objectContaining({
      ServiceName: "AWS Systems Manager",
      ServiceNamespace: "ssm",
      LastAuthenticated: expect.any(Date),
      LastAuthenticatedEntity: userArn("ana"),
      LastAuthenticatedRegion: "us-east-1",
      TotalAuthenticatedEntities: 1,
    }),
  ]);
  expect(ServicesLastAccessed?.[0]?.LastAuthenticated).toBeUndefined();
});

test("by action, it has every action that was asked for, denied ones too", async () => {
  const { ServicesLastAccessed = [] } = await report(userArn("ana"), "ACTION_LEVEL");
  const ssm = ServicesLastAccessed.find(({ ServiceNamespace }) => ServiceNamespace === "ssm");
  expect(ssm?.TrackedActionsLastAccessed).toEqual(
    ["DescribeParameters", "PutParameter"].map((ActionName) => ({
      ActionName,
      LastAccessedEntity: userArn("ana"),
      LastAccessedRegion: "us-east-1",
      LastAccessedTime: expect.any(Date),
    })),
  );
});

test("a role's sessions are the role, in whatever region they are", async () => {
  const { ServicesLastAccessed = [] } = await report(roleArn);
  expect(ServicesLastAccessed[0]).toMatchObject({
    ServiceNamespace: "secretsmanager",
    LastAuthenticatedEntity: roleArn,
    TotalAuthenticatedEntities: 1,
  });
  const regions = ["us-east-1", "eu-central-1"];
  expect(regions).toContain(ServicesLastAccessed[0]?.LastAuthenticatedRegion);
});

test("a policy's and a group's report have all who could, the latest to do it first", async () => {
  const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn: policyArn });
  const entities = async (ServiceNamespace: string, paging: object = {}) => {
    const reply = await iam.getServiceLastAccessedDetailsWithEntities({
      JobId,
      ServiceNamespace,
      ...paging,
    });
    return (reply.EntityDetailsList ?? []).map(
      ({ EntityInfo, LastAuthenticated }) =>
        `${EntityInfo?.Type} ${EntityInfo?.Name}${LastAuthenticated ? " used" : ""}`,
    );
  };
  expect(await entities("ssm")).toEqual(["USER ana used", "USER ben", "ROLE web"]);
  expect((await entities("secretsmanager"))[0]).toBe("ROLE web used");
  expect(await entities("kms")).toEqual([]);
  const first = await iam.getServiceLastAccessedDetailsWithEntities({
    JobId,
    ServiceNamespace: "ssm",
    MaxItems: 1,
  });
  expect(await entities("ssm", { Marker: first.Marker })).toEqual(["USER ben", "ROLE web"]);

  const group = await report(groupArn);
  expect(group.ServicesLastAccessed?.at(-1)).toMatchObject({
    ServiceNamespace: "ssm",
    LastAuthenticatedEntity: userArn("ana"),
    TotalAuthenticatedEntities: 1,
  });
});

test("a report is of its moment", async () => {
  const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn: userArn("idle") });
  await iam.attachUserPolicy({ UserName: "idle", PolicyArn: policyArn });
  vault.clock.advance(5000);
  const ssm = new SSM({ ...vault.client, credentials: await credentialsOf(iam, "idle") });
  await ssm.describeParameters({});
  ssm.destroy();
  const { ServicesLastAccessed } = await iam.getServiceLastAccessedDetails({ JobId });
  expect(ServicesLastAccessed?.at(-1)).toMatchObject({ ServiceNamespace: "ssm" });
  expect(ServicesLastAccessed?.at(-1)?.LastAuthenticated).toBeUndefined();
  expect(
    (await report(userArn("idle"))).ServicesLastAccessed?.at(-1)?.LastAuthenticated,
  ).toBeInstanceOf(Date);
});

test("only who asked for a report reads it, and what isn't there has none", async () => {
  const { JobId = "" } = await iam.generateServiceLastAccessedDetails({ Arn: userArn("ana") });
  expect(await refused(admin.getServiceLastAccessedDetails({ JobId }))).toEqual([
    "NoSuchEntityException",
    `The job with id ${JobId} cannot be found.`,
    404,
  ]);
  const generate = (Arn: string) => refused(iam.generateServiceLastAccessedDetails({ Arn }));
  expect(await generate(userArn("nobody"))).toEqual([
    "NoSuchEntityException",
    "The user with name nobody cannot be found.",
    404,
  ]);
  expect((await generate(`${policyArn}s`))[1]).toBe(`Policy ${policyArn}s was not found.`);
  const session = `arn:aws:sts::${account}:assumed-role/web/first`;
  expect(await generate(session)).toEqual([
    "InvalidInputException",
    `Invalid Entity Arn: ${session} does not clearly define entity type and name.`,
    400,
  ]);
});

test("policies that grant a service are named, with whose they are", async () => {
  const { PoliciesGrantingServiceAccess } = await iam.listPoliciesGrantingServiceAccess({
    Arn: userArn("ana"),
    ServiceNamespaces: ["kms", "ssm", "s3"],
  });
  expect(PoliciesGrantingServiceAccess).toEqual([
    {
      ServiceNamespace: "kms",
      Policies: [
        { PolicyName: "own", PolicyType: "INLINE", EntityType: "USER", EntityName: "ana" },
      ],
    },
    {
      ServiceNamespace: "ssm",
      Policies: [{ PolicyName: "reader", PolicyType: "MANAGED", PolicyArn: policyArn }],
    },
    { ServiceNamespace: "s3", Policies: [] },
  ]);
  const nobody = { Arn: userArn("nobody"), ServiceNamespaces: ["ssm"] };
  expect((await refused(iam.listPoliciesGrantingServiceAccess(nobody)))[0]).toBe(
    "NoSuchEntityException",
  );
});
