/** What an account has, in whole (`details`) and in numbers (`summary`). */
import type { Permit } from "../../authorization/authorize.ts";
import type { Resource } from "../../authorization/types.ts";
import type { Storage, Table } from "../../storage/storage.ts";
import { oidcProvidersTable } from "../identity-providers/oidc-providers.ts";
import {
  allRows,
  matchingRows,
  type Page,
  type PageRequest,
  pageAcross,
  pageOf,
  type Source,
} from "../page.ts";
import { awsPoliciesInUse } from "../policies/customer-policy.ts";
import type { NamedPrincipals } from "../policies/named-principals.ts";
import { versionsOf } from "../policies/versioning.ts";
import {
  type Group,
  groupsTable,
  type InstanceProfile,
  instanceProfilesTable,
  type ManagedPolicy,
  policiesTable,
  type Role,
  rolesTable,
  rowKey,
  type User,
  usersTable,
} from "../records.ts";

export type AccountDetail =
  | { readonly type: "User"; readonly user: User }
  | { readonly type: "Group"; readonly group: Group }
  | {
      readonly type: "Role";
      readonly role: Role;
      readonly profiles: readonly InstanceProfile[];
    }
  | {
      readonly type: "LocalManagedPolicy" | "AWSManagedPolicy";
      readonly policy: ManagedPolicy;
    };

export interface AccountSummary {
  readonly users: number;
  readonly groups: number;
  readonly roles: number;
  readonly policies: number;
  readonly policyVersions: number;
  readonly instanceProfiles: number;
  readonly oidcProviders: number;
  /** Of the account's root: only the first account's has one. */
  readonly rootAccessKeys: 0 | 1;
}

export class AccountReport {
  readonly #storage: Storage;
  readonly #named: NamedPrincipals;
  readonly #firstAccountId: string;

  constructor(storage: Storage, named: NamedPrincipals, firstAccountId: string) {
    this.#storage = storage;
    this.#named = named;
    this.#firstAccountId = firstAccountId;
  }

  /** Of AWS's policies only those that are used. Each type in the order of the names. */
  details(
    permit: Permit<"iam:GetAccountAuthorizationDetails", Resource>,
    types: readonly AccountDetail["type"][],
    request: PageRequest,
  ): Promise<Page<AccountDetail>> {
    const { accountId } = permit.resource;
    const rows = <Body>(
      type: AccountDetail["type"],
      table: Table<Body>,
      detail: (body: Body) => Promise<AccountDetail> | AccountDetail,
    ): Source<AccountDetail> => ({
      kind: type,
      page: async (part) => {
        const page = await matchingRows(this.#storage, table, accountId, part, () => true);
        return { items: await Promise.all(page.items.map(detail)), next: page.next };
      },
    });
    const sources: readonly Source<AccountDetail>[] = [
      rows("User", usersTable, (user) => ({ type: "User", user })),
      rows("Group", groupsTable, (group) => ({ type: "Group", group })),
      rows("Role", rolesTable, (role) => this.#role(role)),
      rows("LocalManagedPolicy", policiesTable, (policy) => ({
        type: "LocalManagedPolicy",
        policy,
      })),
      {
        kind: "AWSManagedPolicy",
        page: async (part) => {
          const used = await awsPoliciesInUse(this.#storage, accountId);
          const { items, next } = pageOf(used, part, ({ name }) => name);
          return { items: items.map((policy) => ({ type: "AWSManagedPolicy", policy })), next };
        },
      },
    ];
    const wanted: ReadonlySet<string> = new Set(types);
    return pageAcross(
      sources.filter(({ kind }) => wanted.has(kind)),
      request,
    );
  }

  async summary(permit: Permit<"iam:GetAccountSummary", Resource>): Promise<AccountSummary> {
    const { accountId } = permit.resource;
    const count = (table: Table<unknown>) => this.#storage.count(table, `${accountId}/`);
    let policyVersions = 0;
    for await (const policy of allRows(this.#storage, policiesTable, accountId)) {
      policyVersions += versionsOf(policy).length;
    }
    return {
      users: await count(usersTable),
      groups: await count(groupsTable),
      roles: await count(rolesTable),
      policies: await count(policiesTable),
      policyVersions,
      instanceProfiles: await count(instanceProfilesTable),
      oidcProviders: await count(oidcProvidersTable),
      rootAccessKeys: accountId === this.#firstAccountId ? 1 : 0,
    };
  }

  async #role(role: Role): Promise<AccountDetail> {
    const { accountId, instanceProfileNames = [], trustPolicy, trustedIds } = role;
    const keys = instanceProfileNames.map((name) => rowKey(accountId, name));
    const rows = await this.#storage.getMany(instanceProfilesTable, keys);
    return {
      type: "Role",
      role: { ...role, trustPolicy: await this.#named.shownPolicy(trustPolicy, trustedIds) },
      profiles: rows.flatMap((row) => (row === undefined ? [] : [row.body])),
    };
  }
}
