/**
 * Who is in which group. A user's row names its groups, so that its policies are found at once; a
 * group's members lie in rows of their own, found by the group's unique id, and its row counts
 * them. All three change in one commit.
 */
import type { Permit } from "../../authorization/authorize.ts";
import {
  type Change,
  Conflict,
  type Row,
  retryOnConflict,
  type Storage,
} from "../../storage/storage.ts";
import { entityNotFound, quotaExceeded } from "../errors.ts";
import { matchingRows, type Page, type PageRequest } from "../page.ts";
import {
  type Group,
  groupMembersTable,
  groupsTable,
  rowKey,
  type User,
  usersTable,
} from "../records.ts";
import type { EntityResource } from "./entities.ts";

type GroupResource = EntityResource<Group>;

const groupsPerUser = 10;
/** No group has more members than an account has users. */
const membersMax = 5000;

export class Memberships {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Nothing happens if the user is in the group already. */
  add(permit: Permit<"iam:AddUserToGroup", GroupResource>, userName: string): Promise<void> {
    return this.#change(permit.resource, userName, (groupNames, { name }) => {
      if (groupNames.includes(name)) return undefined;
      if (groupNames.length >= groupsPerUser) throw quotaExceeded("GroupsPerUser", groupsPerUser);
      return [...groupNames, name].sort();
    });
  }

  /** Nothing happens if the user is not in the group. */
  remove(
    permit: Permit<"iam:RemoveUserFromGroup", GroupResource>,
    userName: string,
  ): Promise<void> {
    return this.#change(permit.resource, userName, (groupNames, { name }) =>
      groupNames.includes(name) ? groupNames.filter((other) => other !== name) : undefined,
    );
  }

  /** The group's members, in the order of their names. */
  async users(group: Group, request: PageRequest): Promise<Page<User>> {
    const members = await matchingRows(
      this.#storage,
      groupMembersTable,
      `${group.accountId}/${group.uniqueId}`,
      request,
      () => true,
    );
    const keys = members.items.map(({ userName }) => rowKey(group.accountId, userName));
    const rows = await this.#storage.getMany(usersTable, keys);
    // Who left between the two reads is not shown.
    return { items: rows.flatMap((row) => row?.body ?? []), next: members.next };
  }

  /** The user's groups, in the order of their names. */
  async groups({ accountId, groupNames = [] }: User): Promise<readonly Group[]> {
    const keys = groupNames.map((name) => rowKey(accountId, name));
    const rows = await this.#storage.getMany(groupsTable, keys);
    return rows.flatMap((row) => row?.body ?? []);
  }

  /** What changes with the user's name: it is in its groups under the new one. */
  async userRenamed(from: User, to: User): Promise<readonly Change[]> {
    return (await this.groups(from)).flatMap((group) => {
      const [gone, now] = [memberKey(group, from.name), memberKey(group, to.name)];
      const put = memberPut(now, to.name);
      return gone === now ? [put] : [put, { type: "delete", table: groupMembersTable, key: gone }];
    });
  }

  /** What changes with the group's name: its members' rows have it. */
  async groupRenamed(from: Group, to: Group): Promise<readonly Change[]> {
    const prefix = `${from.accountId}/${from.uniqueId}/`;
    const members = await this.#storage.list(groupMembersTable, { prefix, limit: membersMax });
    const keys = members.map(({ body }) => rowKey(from.accountId, body.userName));
    const rows = await this.#storage.getMany(usersTable, keys);
    return rows.map((row) => {
      if (row === undefined) throw new Conflict("a member was renamed or removed meanwhile");
      const { key, revision: expect, body } = row;
      const groupNames = (body.groupNames ?? [])
        .map((name) => (name === from.name ? to.name : name))
        .sort();
      return { type: "put", table: usersTable, key, body: { ...body, groupNames }, expect };
    });
  }

  /** Commits the groups that `change` makes of the user's; nothing if it returns undefined. */
  #change(
    resource: GroupResource,
    userName: string,
    change: (groupNames: readonly string[], group: Group) => readonly string[] | undefined,
  ): Promise<void> {
    return retryOnConflict(async () => {
      const user = await this.#storage.get(usersTable, rowKey(resource.accountId, userName));
      if (user === undefined) throw entityNotFound("user", userName);
      const group = await this.#group(resource);
      const groupNames = change(user.body.groupNames ?? [], group.body);
      if (groupNames === undefined) return;
      const by = groupNames.length - (user.body.groupNames ?? []).length;
      const memberCount = group.body.memberCount + by;
      const key = memberKey(group.body, user.body.name);
      await this.#storage.commit([
        {
          type: "put",
          table: usersTable,
          key: user.key,
          body: { ...user.body, groupNames },
          expect: user.revision,
        },
        {
          type: "put",
          table: groupsTable,
          key: group.key,
          body: { ...group.body, memberCount },
          expect: group.revision,
        },
        by > 0 ? memberPut(key, user.body.name) : { type: "delete", table: groupMembersTable, key },
      ]);
    });
  }

  async #group({ accountId, name, row: located }: GroupResource): Promise<Row<Group>> {
    const row = await this.#storage.get(groupsTable, rowKey(accountId, name));
    if (row === undefined || row.body.uniqueId !== located?.body.uniqueId) {
      throw entityNotFound("group", name);
    }
    return row;
  }
}

function memberPut(key: string, userName: string): Change {
  return { type: "put", table: groupMembersTable, key, body: { userName } };
}

function memberKey({ accountId, uniqueId }: Group, userName: string): string {
  return `${accountId}/${uniqueId}/${userName.toLowerCase()}`;
}
