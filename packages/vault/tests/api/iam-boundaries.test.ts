/** Permissions boundaries of users and roles: what they let through, and how they are kept. */
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, allows, credentialsOf, refused, trustsAccount } from "./iam.fixture.ts";
import { sideBySide } from "./refusal.fixture.ts";

const readOnly = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess";
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";

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

async function createPolicy(PolicyName: string, document: string): Promise<string> {
  const { Policy } = await iam.createPolicy({ PolicyName, PolicyDocument: document });
  return Policy?.Arn ?? "";
}

const boundary = (arn: string) => ({
  PermissionsBoundaryType: "Policy",
  PermissionsBoundaryArn: arn,
});

test("a boundary limits what a user's policies allow, and gives nothing itself", async () => {
  const UserName = "bounded";
  const PermissionsBoundary = await createPolicy("bound", allows("ssm:Get*"));
  const created = await iam.createUser({ UserName, PermissionsBoundary });
  expect(created.User?.PermissionsBoundary).toEqual(boundary(PermissionsBoundary));
  const { User } = await iam.getUser({ UserName });
  expect(User?.PermissionsBoundary).toEqual(boundary(PermissionsBoundary));
  const listed = (await iam.listUsers({})).Users?.find((user) => user.UserName === UserName);
  expect(listed?.PermissionsBoundary).toBeUndefined();

  const ssm = new SSM({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
  const get = () => refused(ssm.getParameter({ Name: "/x" }));
  const put = () => refused(ssm.putParameter({ Name: "/x", Value: "x", Type: "String" }));
  expect((await get())[1]).toContain("because no identity-based policy allows");
  await iam.putUserPolicy({ UserName, PolicyName: "all", PolicyDocument: allows("ssm:*") });
  expect((await get())[0]).toBe("ParameterNotFound");
  expect((await put())[1]).toContain(
    "because no permissions boundary allows the ssm:PutParameter action",
  );
  await iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary: administrator });
  await ssm.putParameter({ Name: "/x", Value: "x", Type: "String" });
  await iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary });
  expect((await put())[0]).toBe("AccessDeniedException");
  await iam.deleteUserPermissionsBoundary({ UserName });
  await ssm.putParameter({ Name: "/x", Value: "y", Type: "String", Overwrite: true });
  expect((await iam.getUser({ UserName })).User?.PermissionsBoundary).toBeUndefined();
  ssm.destroy();
});

test("a role's boundary limits its sessions, those that are there already too", async () => {
  const RoleName = "bounded";
  const role = { RoleName, AssumeRolePolicyDocument: trustsAccount };
  const created = await iam.createRole({ ...role, PermissionsBoundary: readOnly });
  expect(created.Role?.PermissionsBoundary).toEqual(boundary(readOnly));
  await iam.attachRolePolicy({ RoleName, PolicyArn: administrator });
  const sts = new STS(vault.client);
  const RoleArn = `arn:aws:iam::${account}:role/${RoleName}`;
  const { Credentials } = await sts.assumeRole({ RoleArn, RoleSessionName: "session" });
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  const ssm = new SSM({ ...vault.client, credentials });
  const put = () => ssm.putParameter({ Name: "/role", Value: "x", Type: "String" });
  expect((await refused(put()))[0]).toBe("AccessDeniedException");
  expect((await iam.getRole({ RoleName })).Role?.PermissionsBoundary).toEqual(boundary(readOnly));
  await iam.deleteRolePermissionsBoundary({ RoleName });
  await put();
  await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: readOnly });
  expect((await refused(put()))[0]).toBe("AccessDeniedException");
  await ssm.getParameter({ Name: "/role" });
  sts.destroy();
  ssm.destroy();
});

test("a policy counts its use as a boundary, and can't be deleted while it is one", async () => {
  const PolicyArn = await createPolicy("counted", allows("ssm:*"));
  const other = await createPolicy("counted-too", allows("ssm:*"));
  const count = async (arn: string) => {
    const { Policy } = await iam.getPolicy({ PolicyArn: arn });
    return [Policy?.AttachmentCount, Policy?.PermissionsBoundaryUsageCount];
  };
  await iam.createUser({ UserName: "counted", PermissionsBoundary: PolicyArn });
  await iam.createRole({
    RoleName: "counted",
    AssumeRolePolicyDocument: trustsAccount,
    PermissionsBoundary: PolicyArn,
  });
  expect(await count(PolicyArn)).toEqual([0, 2]);
  await iam.putUserPermissionsBoundary({ UserName: "counted", PermissionsBoundary: PolicyArn });
  expect(await count(PolicyArn)).toEqual([0, 2]);
  await iam.putUserPermissionsBoundary({ UserName: "counted", PermissionsBoundary: other });
  expect([await count(PolicyArn), await count(other)]).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect((await refused(iam.deletePolicy({ PolicyArn: other })))[0]).toBe(
    "DeleteConflictException",
  );
  await iam.deleteUser({ UserName: "counted" });
  await iam.deletePolicy({ PolicyArn: other });
  await iam.deleteRole({ RoleName: "counted" });
  expect(await count(PolicyArn)).toEqual([0, 0]);
  await iam.deletePolicy({ PolicyArn });
});

test("what is no policy can't be a boundary", async () => {
  const none = `arn:aws:iam::${account}:policy/nothing`;
  const odd = `arn:aws:iam::${account}:not_a_policy/invalid`;
  await iam.createUser({ UserName: "plain" });
  await iam.createRole({ RoleName: "plain", AssumeRolePolicyDocument: trustsAccount });
  const says = {
    [none]: [
      "NoSuchEntityException",
      `Scope ARN: ${none} does not exist or is not attachable.`,
      404,
    ],
    [odd]: ["InvalidInputException", `ARN ${odd} is not valid.`, 400],
  };
  for (const [PermissionsBoundary, said] of Object.entries(says)) {
    for (const asked of sideBySide([
      iam.createUser({ UserName: "never", PermissionsBoundary }),
      iam.createRole({
        RoleName: "never",
        AssumeRolePolicyDocument: trustsAccount,
        PermissionsBoundary,
      }),
      iam.putUserPermissionsBoundary({ UserName: "plain", PermissionsBoundary }),
      iam.putRolePermissionsBoundary({ RoleName: "plain", PermissionsBoundary }),
    ])) {
      expect(await refused(asked)).toEqual(said);
    }
  }
  expect((await refused(iam.getUser({ UserName: "never" })))[0]).toBe("NoSuchEntityException");
  const missing = iam.putRolePermissionsBoundary({
    RoleName: "nobody",
    PermissionsBoundary: readOnly,
  });
  expect(await refused(missing)).toEqual([
    "NoSuchEntityException",
    "The role with name nobody cannot be found.",
    404,
  ]);
});

test("whoever may create users only within a boundary can't make one without it", async () => {
  const UserName = "delegate";
  const allowed = await createPolicy("delegated", allows("ssm:*"));
  const delegation = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: [
          "iam:CreateUser",
          "iam:PutUserPermissionsBoundary",
          "iam:PutUserPolicy",
          "iam:DeleteUserPolicy",
          "iam:AttachUserPolicy",
          "iam:DetachUserPolicy",
        ],
        Resource: "*",
        Condition: { StringEquals: { "iam:PermissionsBoundary": allowed } },
      },
    ],
  });
  await iam.createUser({ UserName });
  await iam.putUserPolicy({ UserName, PolicyName: "d", PolicyDocument: delegation });
  const own = new IAM({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
  const isDenied = async (work: Promise<unknown>) => (await refused(work))[0] === "AccessDenied";
  expect(await isDenied(own.createUser({ UserName: "made" }))).toBe(true);
  const wide = own.createUser({ UserName: "made", PermissionsBoundary: administrator });
  expect(await isDenied(wide)).toBe(true);
  await own.createUser({ UserName: "made", PermissionsBoundary: allowed });

  const made = { UserName: "made", PolicyName: "p", PolicyArn: readOnly };
  const policy = { ...made, PolicyDocument: allows("ssm:*") };
  await own.putUserPolicy(policy);
  await own.attachUserPolicy(made);
  await own.detachUserPolicy(made);
  await own.deleteUserPolicy(made);
  expect(await isDenied(own.putUserPolicy({ ...policy, UserName }))).toBe(true);
  expect(await isDenied(own.attachUserPolicy({ ...made, UserName }))).toBe(true);
  const widen = { UserName: "made", PermissionsBoundary: administrator };
  expect(await isDenied(own.putUserPermissionsBoundary(widen))).toBe(true);
  own.destroy();
});
