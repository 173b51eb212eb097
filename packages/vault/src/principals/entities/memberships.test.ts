import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Missing } from "../../storage/storage.ts";
import { IdentityPolicies } from "../policies/identity-policies.ts";
import { accountId, type OpenPrincipals, openPrincipals, policy } from "../principals.fixture.ts";
import { groupsTable, rowKey } from "../records.ts";

let vault: OpenPrincipals;

beforeAll(async () => {
  vault = await openPrincipals();
});
afterAll(() => vault.close());

const everything = { after: undefined, limit: 1000 };

/** What the tests do, in few words. */
const groups = {
  locate: (name: string) => vault.principals.groups.locate(accountId, name),
  async create(name: string) {
    const planned = vault.principals.groups.planned(accountId, "/", name);
    await vault.principals.groups.create(vault.permit("iam:CreateGroup", planned));
  },
  async delete(name: string) {
    const permit = vault.permit("iam:DeleteGroup", await groups.locate(name));
    await vault.principals.groups.delete(permit);
  },
  async rename(from: string, to: string) {
    const group = await groups.locate(from);
    const renamed = vault.principals.groups.renamed(group, { name: to, path: undefined });
    const permit = (each: typeof group) => vault.permit("iam:UpdateGroup", each);
    await vault.principals.groups.rename(permit(group), permit(renamed));
  },
  async add(name: string, user: string) {
    const permit = vault.permit("iam:AddUserToGroup", await groups.locate(name));
    await vault.principals.groups.memberships.add(permit, user);
  },
  async remove(name: string, user: string) {
    const permit = vault.permit("iam:RemoveUserFromGroup", await groups.locate(name));
    await vault.principals.groups.memberships.remove(permit, user);
  },
  async members(name: string) {
    const { row } = await groups.locate(name);
    if (row === undefined) throw new Error(`${name} is a group`);
    const { items } = await vault.principals.groups.memberships.users(row.body, everything);
    expect(row.body.memberCount).toBe(items.length);
    return items.map((user) => user.name);
  },
};

const users = {
  async rename(from: string, to: string) {
    const user = await vault.user(from);
    const renamed = vault.principals.users.renamed(user, { name: to, path: undefined });
    const permit = (each: typeof user) => vault.permit("iam:UpdateUser", each);
    await vault.principals.users.rename(permit(user), permit(renamed));
  },
  async groups(name: string) {
    const permit = vault.permit("iam:ListGroupsForUser", await vault.user(name));
    return (await vault.principals.users.groups(permit, everything)).items.map((each) => each.name);
  },
};

test("memberships stay what a table of pairs says, whatever is renamed in between", async () => {
  const who = fc.nat({ max: 2 });
  const step = fc.oneof(
    fc.record({ what: fc.constantFrom("add" as const, "remove" as const), user: who, group: who }),
    fc.record({ what: fc.constant("rename user" as const), user: who, group: who }),
    fc.record({ what: fc.constant("rename group" as const), user: who, group: who }),
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      run++;
      let renames = 0;
      const name = (kind: string, at: number) => `${kind}-${run}-${at}-${renames++}`;
      const userNames = [0, 1, 2].map((at) => name("u", at));
      const groupNames = [0, 1, 2].map((at) => name("g", at));
      for (const each of userNames) await vault.createUser(each);
      for (const each of groupNames) await groups.create(each);
      const pairs = new Set<string>();
      for (const { what, user, group } of steps) {
        const [userName = "", groupName = ""] = [userNames[user], groupNames[group]];
        if (what === "add") {
          await groups.add(groupName, userName.toUpperCase());
          pairs.add(`${user} in ${group}`);
        } else if (what === "remove") {
          await groups.remove(groupName.toUpperCase(), userName);
          pairs.delete(`${user} in ${group}`);
        } else if (what === "rename user") {
          userNames[user] = name("u", user);
          await users.rename(userName, userNames[user]);
        } else {
          groupNames[group] = name("g", group);
          await groups.rename(groupName, groupNames[group]);
        }
      }
      for (const [group, groupName] of groupNames.entries()) {
        const expected = userNames.filter((_, user) => pairs.has(`${user} in ${group}`)).sort();
        expect(await groups.members(groupName)).toEqual(expected);
      }
      for (const [user, userName] of userNames.entries()) {
        const expected = groupNames.filter((_, group) => pairs.has(`${user} in ${group}`)).sort();
        expect(await users.groups(userName)).toEqual(expected);
      }
    }),
    { numRuns: 25 },
  );
});

test("of many who join, leave and rename at once, all are where they ended", async () => {
  await groups.create("crowd");
  const names = Array.from({ length: 8 }, (_, at) => `crowd-${at}`);
  for (const name of names) await vault.createUser(name);
  await Promise.all(names.map((name) => groups.add("crowd", name)));
  expect(await groups.members("crowd")).toEqual(names);
  const [first = "", second = "", ...rest] = names;
  await Promise.all([
    groups.rename("crowd", "mob"),
    users.rename(first, "a-first"),
    users.rename(second, "b-second"),
  ]);
  const all = ["a-first", "b-second", ...rest];
  expect(await groups.members("mob")).toEqual(all);
  for (const name of all) expect(await users.groups(name)).toEqual(["mob"]);
  await Promise.all(all.map((name) => groups.remove("mob", name)));
  await groups.delete("mob");
});

test("nobody joins a group that is being deleted", async () => {
  await vault.createUser("late");
  for (let round = 0; round < 10; round++) {
    const name = `fading-${round}`;
    await groups.create(name);
    const [joined, deleted] = await Promise.allSettled([
      groups.add(name, "late"),
      groups.delete(name),
    ]);
    expect([joined.status, deleted.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    if (joined.status === "fulfilled") await groups.remove(name, "late");
  }
  expect(await users.groups("late")).toEqual([]);
});

test("a group that is missing stops its users: it could have had a Deny", async () => {
  await vault.createUser("orphan");
  await groups.create("lost");
  await groups.add("lost", "orphan");
  const { accessKeyId } = (await vault.createAccessKey("orphan")).accessKey;
  const credential = await vault.principals.credential(accessKeyId);
  expect((await credential?.principal())?.policies).toEqual([]);
  const key = rowKey(accountId, "lost");
  await vault.storage.commit([{ type: "delete", table: groupsTable, key }]);
  await expect(credential?.principal()).rejects.toThrow(Missing);
});

test("a request that is under way while its user's group is renamed has the group's policies", async () => {
  await vault.createUser("under-way");
  await groups.create("slow");
  const put = vault.permit("iam:PutGroupPolicy", await groups.locate("slow"));
  const read = { name: "read", document: policy("ssm:GetParameter") };
  await vault.principals.groups.inlinePolicies.put(put, read);
  await groups.add("slow", "under-way");
  const before = (await vault.user("under-way")).row?.body;
  if (before === undefined) throw new Error("the user is there");
  await groups.rename("slow", "quick");
  const { policies } = await new IdentityPolicies(vault.storage).of(before);
  expect(policies.map(({ name }) => name)).toEqual(["inline policy read of group quick"]);
});

test("a group's policies are compiled once for all its members", async () => {
  await groups.create("shared");
  const put = vault.permit("iam:PutGroupPolicy", await groups.locate("shared"));
  const { inlinePolicies } = vault.principals.groups;
  await inlinePolicies.put(put, { name: "read", document: policy("ssm:GetParameter") });
  const principals = [];
  for (const name of ["one", "other"]) {
    await vault.createUser(name);
    await groups.add("shared", name);
  }
  for (const name of ["one", "other"]) {
    const { accessKeyId } = (await vault.createAccessKey(name)).accessKey;
    principals.push(await (await vault.principals.credential(accessKeyId))?.principal());
  }
  const [one, other] = principals;
  expect(one?.policies).toHaveLength(1);
  expect(one?.policies[0]).toBe(other?.policies[0]);
  expect(one?.policies[0]?.name).toBe("inline policy read of group shared");
});
