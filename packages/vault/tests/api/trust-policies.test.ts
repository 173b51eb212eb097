/** Whom a role's trust policy means, over HTTP: users and roles as they were when it was stored. */
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";

const account = "123456789012";
let vault: TestVault;
let iam: IAMClient;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAMClient(vault.client);
});
afterAll(async () => {
  iam.destroy();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

function trusting(Principal: unknown): string {
  const Statement = { Effect: "Allow", Principal, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

async function createUser(UserName: string) {
  const { User } = await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const accessKeyId = AccessKey?.AccessKeyId ?? "";
  const secretAccessKey = AccessKey?.SecretAccessKey ?? "";
  return { arn: User?.Arn, id: User?.UserId, keys: { accessKeyId, secretAccessKey } };
}

async function deleteUser(UserName: string, AccessKeyId: string): Promise<void> {
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await iam.send(new DeleteUserCommand({ UserName }));
}

async function createRole(RoleName: string, Principal: unknown) {
  const AssumeRolePolicyDocument = trusting(Principal);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return { arn: Role?.Arn ?? "", id: Role?.RoleId };
}

function update(RoleName: string, Principal: unknown) {
  const PolicyDocument = trusting(Principal);
  return iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

async function assume(RoleArn: string, credentials: Keys = vault.client.credentials) {
  const sts = new STSClient({ ...vault.client, credentials });
  try {
    const request = new AssumeRoleCommand({ RoleArn, RoleSessionName: "s1" });
    const { Credentials } = await sts.send(request);
    return {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
  } finally {
    sts.destroy();
  }
}

/** As GetRole and ListRoles show it, which is alike. */
async function shownPolicy(RoleName: string): Promise<string> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const { Roles } = await iam.send(new ListRolesCommand({}));
  const listed = Roles?.find((role) => role.RoleName === RoleName);
  expect(listed?.AssumeRolePolicyDocument).toBe(Role?.AssumeRolePolicyDocument);
  return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
}

test.each([
  `arn:aws:iam::${account}:user/nobody`,
  `arn:aws:iam::${account}:role/nothing`,
  "arn:aws:iam::210987654321:role/elsewhere",
  "AIDAQ3EGRWVQZ2EXAMPLE",
])("a trust policy that names %s, which isn't there, is refused", async (arn) => {
  const malformed = {
    name: "MalformedPolicyDocumentException",
    message: `Invalid principal in policy: "AWS":"${arn}"`,
    $metadata: { httpStatusCode: 400 },
  };
  await expect(createRole("refused", { AWS: arn })).rejects.toMatchObject(malformed);
  const RoleName = `role-${arn.length}`;
  await createRole(RoleName, { AWS: account });
  await expect(update(RoleName, { AWS: [account, arn] })).rejects.toMatchObject(malformed);
  expect(await shownPolicy(RoleName)).toBe(trusting({ AWS: account }));
});

test.each([
  ["accounts", { AWS: ["210987654321", "arn:aws:iam::210987654321:root"] }],
  ["everyone", { AWS: "*" }],
  ["services", { Service: "ec2.amazonaws.com" }],
  ["providers", { Federated: `arn:aws:iam::${account}:oidc-provider/idp.example.com` }],
])("%s stay as they are", async (name, Principal) => {
  await createRole(name, Principal);
  expect(await shownPolicy(name)).toBe(trusting(Principal));
});

test("a user created again is not trusted until the policy is stored again", async () => {
  const first = await createUser("ana");
  const Principal = { AWS: first.arn };
  const role = await createRole("anas", Principal);
  await assume(role.arn, first.keys);

  await deleteUser("ana", first.keys.accessKeyId);
  const second = await createUser("ana");
  expect(second.arn).toBe(first.arn);
  expect(await refusal(assume(role.arn, second.keys))).toBe(
    `AccessDenied: User: ${first.arn} is not authorized to perform: sts:AssumeRole on resource: ${role.arn}`,
  );
  expect(await shownPolicy("anas")).toBe(trusting({ AWS: first.id }));

  await update("anas", Principal);
  await assume(role.arn, second.keys);
  expect(await shownPolicy("anas")).toBe(trusting(Principal));
});

test("a role created again is not trusted until the policy is stored again", async () => {
  const createCaller = async () => {
    const caller = await createRole("caller", { AWS: account });
    return { ...caller, keys: await assume(caller.arn) };
  };
  const first = await createCaller();
  const Principal = { AWS: first.arn };
  const role = await createRole("called", Principal);
  await assume(role.arn, first.keys);

  await iam.send(new DeleteRoleCommand({ RoleName: "caller" }));
  expect(await shownPolicy("called")).toBe(trusting({ AWS: first.id }));
  const second = await createCaller();
  await expect(assume(role.arn, second.keys)).rejects.toMatchObject({ name: "AccessDenied" });

  await update("called", Principal);
  await assume(role.arn, second.keys);
});

test("its own policies don't get a role created again past the trust policy", async () => {
  const caller = await createRole("climber", { AWS: account });
  const role = await createRole("climbed", { AWS: caller.arn });
  await iam.send(new DeleteRoleCommand({ RoleName: "climber" }));
  await createRole("climber", { AWS: account });
  const Statement = { Effect: "Allow", Action: "*", Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(
    new PutRolePolicyCommand({ RoleName: "climber", PolicyName: "all", PolicyDocument }),
  );
  await expect(assume(role.arn, await assume(caller.arn))).rejects.toMatchObject({
    name: "AccessDenied",
  });
});

test("a renamed user is trusted on, and shown by the new ARN; one who is gone by the id", async () => {
  const { arn, id, keys } = await createUser("before");
  const role = await createRole("follows", { AWS: [arn, `arn:aws:iam::${account}:root`] });
  await iam.send(
    new UpdateUserCommand({ UserName: "before", NewUserName: "after", NewPath: "/moved/" }),
  );
  const shown = async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "follows" }));
    const { Statement } = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""));
    return Statement.Principal.AWS[0];
  };
  expect(await shown()).toBe(`arn:aws:iam::${account}:user/moved/after`);
  const sts = new STSClient({ ...vault.client, credentials: keys });
  await sts.send(new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: "session" }));
  sts.destroy();
  await deleteUser("after", keys.accessKeyId);
  expect(await shown()).toBe(id);
});
