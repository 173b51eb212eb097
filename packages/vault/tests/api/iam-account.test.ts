/** Reports on a whole account over HTTP: its names, its numbers, all that it has, its credentials. */
import { type GetAccountAuthorizationDetailsCommandOutput, IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, allows, credentialsOf, refused, trustsAccount } from "./iam.fixture.ts";

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

/** Signs at the vault's time; the SDK goes back to its own whenever something is refused. */
function later(): IAM {
  iam.config.systemClockOffset = vault.clock.now() - Date.now();
  return iam;
}

test("an account has one alias at most, and it says whose it is", async () => {
  const aliases = async () => (await iam.listAccountAliases({})).AccountAliases;
  expect(await aliases()).toEqual([]);
  await iam.createAccountAlias({ AccountAlias: "acme" });
  expect(await aliases()).toEqual(["acme"]);
  expect(await refused(iam.createAccountAlias({ AccountAlias: "acme" }))).toEqual([
    "EntityAlreadyExistsException",
    "The account alias acme already exists.",
    409,
  ]);
  await iam.createAccountAlias({ AccountAlias: "acme-prod" });
  expect(await aliases()).toEqual(["acme-prod"]);
  await iam.createAccountAlias({ AccountAlias: "acme" });
  expect((await refused(iam.deleteAccountAlias({ AccountAlias: "acme-prod" })))[0]).toBe(
    "NoSuchEntityException",
  );
  await iam.deleteAccountAlias({ AccountAlias: "acme" });
  expect(await aliases()).toEqual([]);
  for (const AccountAlias of ["-a-", "A-name", "two--dashes"]) {
    expect((await refused(iam.createAccountAlias({ AccountAlias })))[0]).toBe("ValidationError");
  }
});

test("no account has a password policy", async () => {
  expect(await refused(iam.getAccountPasswordPolicy({}))).toEqual([
    "NoSuchEntityException",
    `The Password Policy with domain name ${account} cannot be found.`,
    404,
  ]);
});

describe("all that an account has", () => {
  const policyArn = `arn:aws:iam::${account}:policy/reader`;

  beforeAll(async () => {
    await iam.createPolicy({
      PolicyName: "reader",
      Description: "reads",
      PolicyDocument: allows("ssm:GetParameter"),
    });
    await iam.createPolicyVersion({ PolicyArn: policyArn, PolicyDocument: allows("ssm:*") });
    await iam.createGroup({ GroupName: "team" });
    await iam.putGroupPolicy({
      GroupName: "team",
      PolicyName: "inline",
      PolicyDocument: allows("kms:ListKeys"),
    });
    await iam.attachGroupPolicy({ GroupName: "team", PolicyArn: policyArn });
    for (const UserName of ["ana", "ben"]) await iam.createUser({ UserName });
    await iam.tagUser({ UserName: "ana", Tags: [{ Key: "team", Value: "a" }] });
    await iam.addUserToGroup({ GroupName: "team", UserName: "ana" });
    await iam.putUserPermissionsBoundary({ UserName: "ana", PermissionsBoundary: policyArn });
    await iam.createRole({ RoleName: "web", AssumeRolePolicyDocument: trustsAccount });
    await iam.attachRolePolicy({
      RoleName: "web",
      PolicyArn: "arn:aws:iam::aws:policy/SecurityAudit",
    });
    await iam.createInstanceProfile({ InstanceProfileName: "web-profile" });
    await iam.addRoleToInstanceProfile({ InstanceProfileName: "web-profile", RoleName: "web" });
    await iam.createOpenIDConnectProvider({ Url: "https://issuer.example" });
  });

  test("is told in whole", async () => {
    const all = await iam.getAccountAuthorizationDetails({});
    expect(all.IsTruncated).toBe(false);
    const [ana, ben] = all.UserDetailList ?? [];
    expect(ana).toMatchObject({
      UserName: "ana",
      GroupList: ["team"],
      AttachedManagedPolicies: [],
      PermissionsBoundary: { PermissionsBoundaryArn: policyArn },
      Tags: [{ Key: "team", Value: "a" }],
    });
    expect(ana).not.toHaveProperty("UserPolicyList");
    expect(ben).toMatchObject({ UserName: "ben", GroupList: [], Tags: [] });
    const [team] = all.GroupDetailList ?? [];
    expect(team).toMatchObject({
      GroupName: "team",
      AttachedManagedPolicies: [{ PolicyName: "reader", PolicyArn: policyArn }],
    });
    expect(decodeURIComponent(team?.GroupPolicyList?.[0]?.PolicyDocument ?? "")).toBe(
      allows("kms:ListKeys"),
    );
    const [web] = all.RoleDetailList ?? [];
    expect(decodeURIComponent(web?.AssumeRolePolicyDocument ?? "")).toBe(trustsAccount);
    expect(web?.InstanceProfileList?.[0]).toMatchObject({
      InstanceProfileName: "web-profile",
      Roles: [{ RoleName: "web" }],
    });
    const [reader, audit, ...others] = all.Policies ?? [];
    expect(others).toEqual([]);
    expect(reader).toMatchObject({
      PolicyName: "reader",
      Description: "reads",
      AttachmentCount: 1,
      PermissionsBoundaryUsageCount: 1,
      DefaultVersionId: "v1",
    });
    expect(
      reader?.PolicyVersionList?.map((version) => [
        version.VersionId,
        version.IsDefaultVersion,
        decodeURIComponent(version.Document ?? ""),
      ]),
    ).toEqual([
      ["v2", false, allows("ssm:*")],
      ["v1", true, allows("ssm:GetParameter")],
    ]);
    expect(audit).toMatchObject({ PolicyName: "SecurityAudit", AttachmentCount: 1 });
  });

  const names = (reply: GetAccountAuthorizationDetailsCommandOutput) => [
    ...(reply.UserDetailList ?? []).map(({ UserName }) => UserName),
    ...(reply.GroupDetailList ?? []).map(({ GroupName }) => GroupName),
    ...(reply.RoleDetailList ?? []).map(({ RoleName }) => RoleName),
    ...(reply.Policies ?? []).map(({ PolicyName }) => PolicyName),
  ];

  test("is narrowed, and told in pages of any size", async () => {
    const filtered = await iam.getAccountAuthorizationDetails({ Filter: ["Role", "Group"] });
    expect(names(filtered)).toEqual(["team", "web"]);
    const aws = await iam.getAccountAuthorizationDetails({ Filter: ["AWSManagedPolicy"] });
    expect(names(aws)).toEqual(["SecurityAudit"]);
    for (let MaxItems = 1; MaxItems <= 7; MaxItems++) {
      const found: (string | undefined)[] = [];
      let Marker: string | undefined;
      do {
        const page = await iam.getAccountAuthorizationDetails({ MaxItems, Marker });
        found.push(...names(page));
        Marker = page.Marker;
      } while (Marker !== undefined);
      expect(found).toEqual(["ana", "ben", "team", "web", "reader", "SecurityAudit"]);
    }
  });

  test("is counted beside what it may have", async () => {
    const { SummaryMap } = await iam.getAccountSummary({});
    expect(SummaryMap).toMatchObject({
      Users: 2,
      UsersQuota: 5000,
      Groups: 1,
      Roles: 1,
      Policies: 1,
      PolicyVersionsInUse: 2,
      InstanceProfiles: 1,
      Providers: 1,
      AccountAccessKeysPresent: 1,
      AccountMFAEnabled: 0,
      AccessKeysPerUserQuota: 2,
      VersionsPerPolicyQuota: 5,
    });
  });
});

describe("credentials", () => {
  test("an access key's last use is when, where and for what", async () => {
    await iam.createUser({ UserName: "worker" });
    await iam.putUserPolicy({
      UserName: "worker",
      PolicyName: "p",
      PolicyDocument: allows("ssm:DescribeParameters"),
    });
    const credentials = await credentialsOf(iam, "worker");
    const lastUsed = () => iam.getAccessKeyLastUsed({ AccessKeyId: credentials.accessKeyId });
    expect(await lastUsed()).toMatchObject({
      UserName: "worker",
      AccessKeyLastUsed: { ServiceName: "N/A", Region: "N/A" },
    });
    expect((await lastUsed()).AccessKeyLastUsed?.LastUsedDate).toBeUndefined();

    const at = vault.clock.now();
    const ssm = new SSM({ ...vault.client, region: "eu-west-3", credentials });
    await ssm.describeParameters({});
    ssm.destroy();
    const { AccessKeyLastUsed } = await lastUsed();
    expect(AccessKeyLastUsed).toMatchObject({ ServiceName: "ssm", Region: "eu-west-3" });
    const time = AccessKeyLastUsed?.LastUsedDate?.getTime() ?? 0;
    expect(Math.abs(time - at)).toBeLessThan(5000);

    // Who only claims to have the key doesn't use it.
    const forged = { ...credentials, secretAccessKey: "x".repeat(40) };
    const stranger = new IAM({ ...vault.client, credentials: forged });
    expect((await refused(stranger.listUsers({})))[0]).toBe("SignatureDoesNotMatch");
    stranger.destroy();
    expect((await lastUsed()).AccessKeyLastUsed?.ServiceName).toBe("ssm");

    const nobody = iam.getAccessKeyLastUsed({ AccessKeyId: "AKIAAAAAAAAAAAAAAAAA" });
    expect(await refused(nobody)).toEqual([
      "AccessDenied",
      `User: arn:aws:iam::${account}:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAAAAAAAAAAAAAAAAA`,
      403,
    ]);
  });

  test("the report is a table of users and keys, good for four hours", async () => {
    expect((await refused(iam.getCredentialReport({})))[0]).toBe(
      "CredentialReportNotPresentException",
    );
    expect(await iam.generateCredentialReport({})).toMatchObject({
      State: "STARTED",
      Description: "No report exists. Starting a new report generation task",
    });
    expect((await iam.generateCredentialReport({})).State).toBe("COMPLETE");
    const { Content = new Uint8Array(), ReportFormat } = await iam.getCredentialReport({});
    expect(ReportFormat).toBe("text/csv");
    const [header = "", ...lines] = Buffer.from(Content).toString().split("\n");
    const columns = header.split(",");
    const rows = lines.map((line) =>
      Object.fromEntries(line.split(",").map((field, at) => [columns[at], field])),
    );
    expect(rows.map(({ user }) => user)).toEqual(["<root_account>", "ana", "ben", "worker"]);
    expect(rows[0]).toMatchObject({
      arn: `arn:aws:iam::${account}:root`,
      user_creation_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      password_enabled: "not_supported",
      access_key_1_active: "true",
      access_key_1_last_used_service: "iam",
      access_key_1_last_used_region: "us-east-1",
    });
    expect(rows[1]).toMatchObject({ access_key_1_active: "false", cert_2_last_rotated: "N/A" });
    expect(rows[3]).toMatchObject({
      arn: `arn:aws:iam::${account}:user/worker`,
      password_enabled: "false",
      mfa_active: "false",
      access_key_1_active: "true",
      access_key_1_last_used_region: "eu-west-3",
      access_key_1_last_used_service: "ssm",
      access_key_2_active: "false",
    });
    expect(rows[3]?.access_key_1_last_rotated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);

    vault.clock.advance(4 * 3_600_000);
    expect((await refused(later().getCredentialReport({})))[0]).toBe(
      "CredentialReportExpiredException",
    );
    expect((await later().generateCredentialReport({})).State).toBe("STARTED");
    await later().getCredentialReport({});
  });
});
