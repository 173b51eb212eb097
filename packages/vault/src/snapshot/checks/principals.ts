/** Users, groups, roles, instance profiles and managed policies: each knows those who know it. */
import { parseIamArn } from "../../principals/arns.ts";
import {
  accessKeysTable,
  type Group,
  groupMembersTable,
  groupsTable,
  type InstanceProfile,
  instanceProfilesTable,
  policiesTable,
  type Role,
  rolesTable,
  rowKey,
  type User,
  usersTable,
} from "../../principals/records.ts";
import {
  type Check,
  type CheckedRow,
  type CheckedVault,
  checkedRow,
  checkedRows,
  problemIf,
  rowCheck,
} from "./checked-vault.ts";

const users = rowCheck({
  what: "users",
  table: usersTable,
  async problemsOf(vault, row) {
    const problems = [...placeProblem(row), ...(await policyProblems(vault, row.body))];
    const { accountId, name, uniqueId, accessKeyIds, groupNames = [] } = row.body;
    for (const id of accessKeyIds) {
      const key = await checkedRow(vault, accessKeysTable, id);
      problems.push(...problemIf(key?.body.userId !== uniqueId, `its access key ${id} is missing`));
    }
    for (const groupName of groupNames) {
      const group = await checkedRow(vault, groupsTable, rowKey(accountId, groupName));
      const member =
        group && (await checkedRow(vault, groupMembersTable, memberKey(group.body, name)));
      problems.push(...problemIf(member === undefined, `the group ${groupName} lacks it`));
    }
    return problems;
  },
});

const groups = rowCheck({
  what: "groups",
  table: groupsTable,
  async problemsOf(vault, row) {
    const problems = [...placeProblem(row), ...(await policyProblems(vault, row.body))];
    const { accountId, name, memberCount } = row.body;
    let members = 0;
    const prefix = memberKey(row.body, "");
    for await (const { body } of checkedRows(vault, groupMembersTable, prefix)) {
      members += 1;
      const user = await checkedRow(vault, usersTable, rowKey(accountId, body.userName));
      const isMutual = user?.body.groupNames?.includes(name) === true;
      problems.push(...problemIf(!isMutual, `its member ${body.userName} is not in it`));
    }
    const said = `it has ${members} members and counts ${memberCount}`;
    return [...problems, ...problemIf(members !== memberCount, said)];
  },
});

const roles = rowCheck({
  what: "roles",
  table: rolesTable,
  async problemsOf(vault, row) {
    const problems = [...placeProblem(row), ...(await policyProblems(vault, row.body))];
    const { accountId, name, instanceProfileNames = [] } = row.body;
    for (const profileName of instanceProfileNames) {
      const key = rowKey(accountId, profileName);
      const profile = await checkedRow(vault, instanceProfilesTable, key);
      const isMutual = profile?.body.roleName === name;
      problems.push(...problemIf(!isMutual, `the instance profile ${profileName} lacks it`));
    }
    return problems;
  },
});

const instanceProfiles = rowCheck({
  what: "instance profiles",
  table: instanceProfilesTable,
  async problemsOf(vault, row) {
    const { accountId, name, roleName } = row.body;
    const role = roleName && (await checkedRow(vault, rolesTable, rowKey(accountId, roleName)));
    const isMutual = roleName === undefined || (role && hasProfile(role.body, name));
    return [...placeProblem(row), ...problemIf(!isMutual, "its role does not have it")];
  },
});

const policies: Check = {
  what: "managed policies",
  async *run(vault) {
    const uses = await policyUses(vault);
    for await (const row of checkedRows(vault, policiesTable)) {
      const { attachmentCount, boundaryCount = 0 } = row.body;
      const { attached, boundaries } = uses.get(row.key) ?? noUses;
      const said = (found: number, counted: number, as: string) =>
        problemIf(found !== counted, `it is ${as} of ${found} and counts ${counted}`);
      yield {
        name: row.key,
        problems: [
          ...placeProblem(row),
          ...said(attached, attachmentCount, "a policy"),
          ...said(boundaries, boundaryCount, "the boundary"),
        ],
      };
    }
  },
};

export const principalChecks: readonly Check[] = [users, groups, roles, instanceProfiles, policies];

const noUses = { attached: 0, boundaries: 0 };

/** By the key of the policy's row: an account has a few thousand at most. */
async function policyUses(vault: CheckedVault) {
  const uses = new Map<string, { attached: number; boundaries: number }>();
  const count = (arn: string, use: "attached" | "boundaries") => {
    const parts = parseIamArn(arn);
    if (parts?.type !== "policy") return;
    const key = rowKey(parts.accountId, parts.name);
    const known = uses.get(key) ?? { ...noUses };
    uses.set(key, known);
    known[use] += 1;
  };
  for (const table of [usersTable, groupsTable, rolesTable]) {
    for await (const { body } of checkedRows<User | Group | Role>(vault, table)) {
      // That a record lacks them is found with the record.
      for (const arn of body.attachedPolicies ?? []) count(arn, "attached");
      if (body.kind !== "group" && body.boundaryArn !== undefined) {
        count(body.boundaryArn, "boundaries");
      }
    }
  }
  return uses;
}

/** AWS's own policies have no rows: they are part of the program. */
async function policyProblems(
  vault: CheckedVault,
  { accountId, attachedPolicies }: User | Group | Role,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const arn of attachedPolicies) {
    const parts = parseIamArn(arn);
    if (parts?.accountId !== accountId) continue;
    const policy = await checkedRow(vault, policiesTable, rowKey(accountId, parts.name));
    problems.push(...problemIf(policy === undefined, `its policy ${arn} is missing`));
  }
  return problems;
}

function placeProblem({
  key,
  body,
}: CheckedRow<{ readonly accountId: string; readonly name: string }>): readonly string[] {
  return problemIf(key !== rowKey(body.accountId, body.name), "its row lies under another's key");
}

function memberKey({ accountId, uniqueId }: Group, userName: string): string {
  return `${accountId}/${uniqueId}/${userName.toLowerCase()}`;
}

function hasProfile(role: Role, name: InstanceProfile["name"]): boolean {
  return role.instanceProfileNames?.includes(name) === true;
}
