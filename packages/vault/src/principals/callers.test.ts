import { afterAll, beforeAll, expect, test } from "vitest";
import { firstAccountOf } from "./accounts/first-account.ts";
import { accountId, type OpenPrincipals, openPrincipals, policy } from "./principals.fixture.ts";
import { policiesTable, rowKey } from "./records.ts";

let vault: OpenPrincipals;

beforeAll(async () => {
  vault = await openPrincipals();
});
afterAll(() => vault.close());

/** What a user's or a role's caller is made of beside its own row: an attached managed policy. */
async function createPolicy(name: string) {
  const { policies } = vault.principals;
  const planned = policies.planned(accountId, "/", name);
  await policies.create(vault.permit("iam:CreatePolicy", planned), {
    document: policy("ssm:GetParameter"),
    description: undefined,
    tags: [],
  });
  return planned.arn;
}

/** As a new default version has it; whoever the policy is attached to is not written. */
async function changePolicy(name: string) {
  const row = await vault.storage.get(policiesTable, rowKey(accountId, name));
  if (row === undefined) return expect.unreachable("the policy was created");
  const { key, revision: expected, body } = row;
  const changed = { ...body, document: policy("ssm:GetParameters") };
  await vault.storage.commit([
    { type: "put", table: policiesTable, key, body: changed, expect: expected },
  ]);
}

test("a user is one object until its own row or a policy of it changes", async () => {
  await vault.createUser("ana");
  const { accessKeyId } = (await vault.createAccessKey("ana")).accessKey;
  const caller = async () => (await vault.principals.credential(accessKeyId))?.principal();
  const { users } = vault.principals;

  const bare = await caller();
  expect(await caller()).toBe(bare);
  const arn = await createPolicy("of-ana");
  await users.attachments.attach(
    vault.permit("iam:AttachUserPolicy", await vault.user("ana")),
    arn,
  );
  const attached = await caller();
  expect(attached?.policies).toHaveLength(1);
  expect(await caller()).toBe(attached);
  await changePolicy("of-ana");
  const changed = await caller();
  expect(changed).not.toBe(attached);
  expect(changed?.policies[0]?.document).toBe(policy("ssm:GetParameters"));
});

test("a session is one object until its role's policy changes, and no other session's", async () => {
  await vault.createRole("web");
  const arn = await createPolicy("of-web");
  const { roles } = vault.principals;
  const role = await roles.locate(accountId, "web");
  await roles.attachments.attach(vault.permit("iam:AttachRolePolicy", role), arn);
  const [one, other] = await Promise.all(
    ["one", "other"].map(async (name) =>
      vault.sessions.open((await vault.startSession("web", name)).sessionToken),
    ),
  );
  const before = await one?.principal();
  expect(await one?.principal()).toBe(before);
  expect((await other?.principal())?.arn).toContain("/other");
  expect((before?.tokenExpiresAt ?? 0) - (before?.tokenIssuedAt ?? 0)).toBe(3_600_000);
  await changePolicy("of-web");
  expect((await one?.principal())?.policies[0]?.document).toBe(policy("ssm:GetParameters"));
});

test("the root is one object until the account joins an organization", async () => {
  await firstAccountOf(vault.storage, accountId, 0);
  const root = () => vault.principals.callers.root(accountId);
  const before = await root();
  expect(await root()).toBe(before);
  // A session of its own knows when it was issued.
  expect(
    (await vault.principals.callers.root(accountId, { issuedAt: 1000, expiresAt: 2000 }))
      .tokenIssuedAt,
  ).toBe(1000);
  expect((await root()).tokenIssuedAt).toBeUndefined();
  const everything = { arn: "*", accountId, tags: {} };
  const permit = vault.permit("organizations:CreateOrganization", everything);
  const { id } = await vault.principals.accounts.createOrganization(permit);
  expect((await root()).organizationId).toBe(id);
});
