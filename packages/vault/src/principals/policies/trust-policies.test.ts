import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decide } from "../../authorization/authorize.ts";
import type { Principal } from "../../authorization/types.ts";
import { accountId, type OpenPrincipals, openPrincipals } from "../principals.fixture.ts";

let vault: OpenPrincipals;

beforeAll(async () => {
  vault = await openPrincipals();
});
afterAll(() => vault.close());

const userArn = (name: string) => `arn:aws:iam::${accountId}:user/${name}`;
const roleArn = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;

function trusts(AWS: string | readonly string[], more: object = {}): string {
  const statement = { Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole", ...more };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

async function userPrincipal(name: string): Promise<Principal> {
  const { accessKey } = await vault.createAccessKey(name);
  const credential = await vault.principals.credential(accessKey.accessKeyId);
  return (await credential?.principal()) as Principal;
}

async function sessionPrincipal(roleName: string, sessionName = "s1"): Promise<Principal> {
  const { sessionToken } = await vault.startSession(roleName, sessionName);
  return (await (await vault.sessions.open(sessionToken))?.principal()) as Principal;
}

async function deleteUser(name: string): Promise<void> {
  const { users } = vault.principals;
  const located = () => vault.user(name);
  const { accessKeyIds = [] } = (await located()).row?.body ?? {};
  for (const id of accessKeyIds) {
    await users.accessKeys.delete(vault.permit("iam:DeleteAccessKey", await located()), id);
  }
  await users.delete(vault.permit("iam:DeleteUser", await located()));
}

async function role(name: string) {
  return vault.principals.roles.locate(accountId, name);
}

async function deleteRole(name: string): Promise<void> {
  await vault.principals.roles.delete(vault.permit("iam:DeleteRole", await role(name)));
}

async function shownPolicy(name: string): Promise<string> {
  const permit = vault.permit("iam:GetRole", await role(name));
  return (await vault.principals.roles.get(permit)).trustPolicy;
}

async function mayAssume(principal: Principal, roleName: string): Promise<boolean> {
  const circumstances = {
    now: vault.clock.now(),
    sourceAddress: "192.0.2.1",
    isSecureTransport: true,
    region: "us-east-1",
    userAgent: "test",
  };
  const target = await vault.principals.roles.locateForSession(roleArn(roleName));
  return decide(principal, "sts:AssumeRole", target, circumstances).isAllowed;
}

test("a user is trusted until deleted, and again once the policy is stored again", async () => {
  const { uniqueId } = await vault.createUser("ana");
  const policy = trusts(userArn("ana"));
  await vault.createRole("anas", policy);
  expect(await mayAssume(await userPrincipal("ana"), "anas")).toBe(true);
  expect(await shownPolicy("anas")).toBe(policy);

  await deleteUser("ana");
  expect(await shownPolicy("anas")).toBe(trusts(uniqueId));
  await vault.createUser("ana");
  expect(await mayAssume(await userPrincipal("ana"), "anas")).toBe(false);
  expect(await shownPolicy("anas")).toBe(trusts(uniqueId));

  const permit = vault.permit("iam:UpdateAssumeRolePolicy", await role("anas"));
  await vault.principals.roles.updateTrustPolicy(permit, policy);
  expect(await mayAssume(await userPrincipal("ana"), "anas")).toBe(true);
  expect(await shownPolicy("anas")).toBe(policy);
});

test("a role's sessions are trusted until the role is deleted", async () => {
  const { uniqueId } = await vault.createRole("web");
  await vault.createRole("webs", trusts(roleArn("web")));
  expect(await mayAssume(await sessionPrincipal("web"), "webs")).toBe(true);
  await deleteRole("web");
  await vault.createRole("web");
  expect(await mayAssume(await sessionPrincipal("web"), "webs")).toBe(false);
  expect(await shownPolicy("webs")).toBe(trusts(uniqueId));
});

test("a session that is named stays as it is written: that session and no other", async () => {
  await vault.createRole("batch");
  const policy = trusts(`arn:aws:sts::${accountId}:assumed-role/batch/nightly`);
  await vault.createRole("nightlies", policy);
  expect(await mayAssume(await sessionPrincipal("batch", "nightly"), "nightlies")).toBe(true);
  expect(await mayAssume(await sessionPrincipal("batch", "daily"), "nightlies")).toBe(false);
  await deleteRole("batch");
  expect(await shownPolicy("nightlies")).toBe(policy);
});

test("only principals that are gone are shown by their id, and only as principals", async () => {
  const { uniqueId } = await vault.createUser("bea");
  await vault.createUser("cem");
  const more = { Condition: { ArnLike: { "aws:PrincipalArn": userArn("bea") } } };
  await vault.createRole("both", trusts([userArn("bea"), userArn("cem"), accountId], more));
  await deleteUser("bea");
  expect(await shownPolicy("both")).toBe(trusts([uniqueId, userArn("cem"), accountId], more));
});

describe("refused is", () => {
  test.each([
    ["a user that isn't there", userArn("nobody")],
    ["a role that isn't there", roleArn("nothing")],
    ["a role under a user's name", roleArn("dan")],
    ["a user on another path", userArn("team/dan")],
    ["a user in other letters", userArn("DAN")],
    ["a user of an account that isn't there", "arn:aws:iam::999999999999:user/dan"],
    ["the role itself, which isn't there yet", roleArn("refused")],
  ])("%s", async (_, arn) => {
    await vault.createUser("dan").catch(() => undefined);
    await expect(vault.createRole("refused", trusts([accountId, arn]))).rejects.toMatchObject({
      code: "MalformedPolicyDocument",
      message: `Invalid principal in policy: "AWS":"${arn}"`,
    });
    expect((await role("refused")).row).toBeUndefined();
  });
});

test.each([
  ["an account", "999999999999"],
  ["an account's root", "arn:aws:iam::999999999999:root"],
  ["everyone", "*"],
  ["a federated user", `arn:aws:sts::${accountId}:federated-user/eve`],
])("%s is trusted as it is written", async (what, arn) => {
  const name = what.replaceAll(/\W/g, "-");
  await vault.createRole(name, trusts(arn));
  expect(await shownPolicy(name)).toBe(trusts(arn));
});

test("a role may trust itself once it is there", async () => {
  await vault.createRole("narcissus");
  const permit = vault.permit("iam:UpdateAssumeRolePolicy", await role("narcissus"));
  const session = await sessionPrincipal("narcissus");
  await vault.principals.roles.updateTrustPolicy(permit, trusts(roleArn("narcissus")));
  expect(await mayAssume(session, "narcissus")).toBe(true);
});
