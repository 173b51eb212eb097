import { afterAll, beforeAll, expect, test } from "vitest";
import { Missing } from "../storage/storage.ts";
import { accountId, type OpenPrincipals, openPrincipals, policy } from "./principals.fixture.ts";
import { groupsTable, policiesTable, rowKey } from "./records.ts";

let vault: OpenPrincipals;

beforeAll(async () => {
  vault = await openPrincipals();
});
afterAll(() => vault.close());

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error as { code: string; message: string } | undefined;
}

test("a user has two access keys however many are asked for at once", async () => {
  await vault.createUser("busy");
  const asked = await Promise.allSettled(
    Array.from({ length: 6 }, () => vault.createAccessKey("busy")),
  );
  expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  expect(await failure(vault.createAccessKey("busy"))).toMatchObject({
    code: "LimitExceeded",
    message: "Cannot exceed quota for AccessKeysPerUser: 2",
  });
  const list = vault.permit("iam:ListAccessKeys", await vault.user("busy"));
  const page = { after: undefined, limit: 10 };
  expect((await vault.principals.users.accessKeys.list(list, page)).items).toHaveLength(2);
});

test("of those who create one name at once, in any case, one succeeds", async () => {
  const made = await Promise.allSettled(["Twin", "twin", "TWIN"].map((n) => vault.createUser(n)));
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await failure(vault.createUser("tWIN"))).toMatchObject({
    code: "EntityAlreadyExists",
    message: "User with name tWIN already exists.",
  });
});

test("a policy counts its attachments, and goes only when there are none", async () => {
  const { policies, users, roles } = vault.principals;
  const planned = policies.planned(accountId, "/", "counted");
  const document = policy("ssm:*");
  await policies.create(vault.permit("iam:CreatePolicy", planned), {
    description: undefined,
    document,
    tags: [],
  });
  await vault.createUser("holder");
  await vault.createRole("holder");
  const user = await vault.user("holder");
  const role = await roles.locate(accountId, "holder");
  await Promise.all([
    users.attachments.attach(vault.permit("iam:AttachUserPolicy", user), planned.arn),
    roles.attachments.attach(vault.permit("iam:AttachRolePolicy", role), planned.arn),
  ]);
  // Attaching again changes nothing.
  await users.attachments.attach(vault.permit("iam:AttachUserPolicy", user), planned.arn);

  const located = async () => policies.locate(accountId, planned.arn);
  const get = async () => policies.get(vault.permit("iam:GetPolicy", await located()));
  const remove = async () => policies.delete(vault.permit("iam:DeletePolicy", await located()));
  expect((await get()).attachmentCount).toBe(2);
  expect(await failure(remove())).toMatchObject({ code: "DeleteConflict" });

  await users.attachments.detach(vault.permit("iam:DetachUserPolicy", user), planned.arn);
  await roles.attachments.detach(vault.permit("iam:DetachRolePolicy", role), planned.arn);
  expect((await get()).attachmentCount).toBe(0);
  await remove();
  expect(await failure(get())).toMatchObject({ code: "NoSuchEntity" });
});

test("inline policies are measured together and without white space", async () => {
  await vault.createUser("wordy");
  const put = async (name: string, document: string) =>
    vault.principals.users.inlinePolicies.put(
      vault.permit("iam:PutUserPolicy", await vault.user("wordy")),
      { name, document },
    );
  const sized = (size: number) => {
    const padding = size - policy("ssm:GetParameter", "").length;
    return policy("ssm:GetParameter", `arn:aws:ssm:*:*:${"x".repeat(padding - 16)}`);
  };
  await put("half", sized(1000));
  const spaced = JSON.stringify(JSON.parse(sized(1048)), null, 40);
  await put("other-half", spaced);
  expect(await failure(put("one-more", policy("ssm:*")))).toMatchObject({
    code: "LimitExceeded",
    message: "Maximum policy size of 2048 bytes exceeded for user wordy",
  });
  expect(await failure(put("other-half", sized(1049)))).toMatchObject({ code: "LimitExceeded" });
  await put("other-half", policy("ssm:*"));
});

test("what was located and then replaced by another of the same name isn't touched", async () => {
  await vault.createUser("changeling");
  const old = await vault.user("changeling");
  await vault.principals.users.delete(vault.permit("iam:DeleteUser", old));
  await vault.createUser("changeling");
  const late = vault.principals.users.delete(vault.permit("iam:DeleteUser", old));
  expect(await failure(late)).toMatchObject({ code: "NoSuchEntity" });
  expect((await vault.user("changeling")).row).toBeDefined();
});

test("an account has 300 groups", async () => {
  const { groups } = vault.principals;
  const create = (name: string) =>
    groups.create(vault.permit("iam:CreateGroup", groups.planned(accountId, "/", name)));
  const group = await create("quota");
  const others = Array.from({ length: 299 }, (_, at) => `quota-${at}`);
  await vault.storage.commit(
    others.map((name) => ({
      type: "put",
      table: groupsTable,
      key: rowKey(accountId, name),
      body: { ...group, name },
    })),
  );
  expect(await failure(create("one-more"))).toMatchObject({
    code: "LimitExceeded",
    message: "Cannot exceed quota for GroupsPerAccount: 300",
  });
});

test("a boundary that is missing stops its user: what it left out must not be allowed", async () => {
  await vault.createUser("unbounded");
  const { accessKeyId } = (await vault.createAccessKey("unbounded")).accessKey;
  const { policies, users } = vault.principals;
  const planned = policies.planned(accountId, "/", "boundary");
  await policies.create(vault.permit("iam:CreatePolicy", planned), {
    description: undefined,
    document: policy("ssm:*"),
    tags: [],
  });
  const put = vault.permit("iam:PutUserPermissionsBoundary", await vault.user("unbounded"));
  await users.boundaries.put(put, planned.arn);
  const credential = await vault.principals.credential(accessKeyId);
  expect((await credential?.principal())?.boundary?.name).toBe(planned.arn);
  const key = rowKey(accountId, "boundary");
  await vault.storage.commit([{ type: "delete", table: policiesTable, key }]);
  await expect(credential?.principal()).rejects.toThrow(Missing);
});
