/** Who uses a managed policy: groups, users and roles, to grant with it or as a boundary. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Storage, Table } from "../../storage/storage.ts";
import { policyNotAttachable } from "../errors.ts";
import { matchingRows, type Page, type PageRequest, pageAcross, type Source } from "../page.ts";
import {
  type Group,
  groupsTable,
  type Role,
  rolesTable,
  type User,
  usersTable,
} from "../records.ts";
import type { PolicyResource } from "./customer-policy.ts";

export interface UserFilter {
  readonly kinds: readonly ("Group" | "User" | "Role")[];
  readonly pathPrefix: string;
  readonly usage: "PermissionsPolicy" | "PermissionsBoundary" | undefined;
}

export class PolicyEntities {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Groups first, then users, then roles, each in the order of their names. */
  async list(
    permit: Permit<"iam:ListEntitiesForPolicy", PolicyResource>,
    { kinds, pathPrefix, usage }: UserFilter,
    request: PageRequest,
  ): Promise<Page<Group | User | Role>> {
    const { arn, accountId, record } = permit.resource;
    if (record === undefined) throw policyNotAttachable(arn);
    const isUsedBy = (entity: Group | User | Role) =>
      (usage !== "PermissionsBoundary" && entity.attachedPolicies.includes(arn)) ||
      (usage !== "PermissionsPolicy" && "boundaryArn" in entity && entity.boundaryArn === arn);
    const source = <Body extends Group | User | Role>(
      kind: UserFilter["kinds"][number],
      table: Table<Body>,
    ): Source<Group | User | Role> => ({
      kind,
      page: (part) =>
        matchingRows(
          this.#storage,
          table,
          accountId,
          part,
          (body) => body.path.startsWith(pathPrefix) && isUsedBy(body),
        ),
    });
    const sources = {
      Group: source("Group", groupsTable),
      User: source("User", usersTable),
      Role: source("Role", rolesTable),
    };
    return pageAcross(
      kinds.map((kind) => sources[kind]),
      request,
    );
  }
}
