/**
 * Whom policies and grants mean by the ARNs of users and roles: whoever has an ARN when it is
 * stored is known by a unique id from then on, and nobody who is created later under the same name
 * takes that one's place. Sessions, accounts, services and identity providers stay as written.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 */
import type { PrincipalIds } from "../../authorization/types.ts";
import type { Storage, Table } from "../../storage/storage.ts";
import { iamArn, parseIamArn } from "../arns.ts";
import { allRows } from "../page.ts";
import { type Role, rolesTable, rowKey, type User, usersTable } from "../records.ts";

const userOrRole = /^arn:aws:iam::\d{12}:(?:user|role)\//;

export class NamedPrincipals {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The unique ids of the users and roles among them. Throws `missing(arn)` for one who isn't. */
  async bind(arns: readonly string[], missing: (arn: string) => Error): Promise<PrincipalIds> {
    const ids: Record<string, string> = {};
    for (const arn of arns) {
      if (!userOrRole.test(arn)) continue;
      const id = await this.#uniqueId(arn);
      if (id === undefined) throw missing(arn);
      ids[arn] = id;
    }
    return ids;
  }

  /** The policy as AWS shows it: renamed users by their new ARNs, and who is gone by unique id. */
  async shownPolicy(document: string, ids: PrincipalIds): Promise<string> {
    const names = new Map<string, string>();
    for (const [arn, id] of Object.entries(ids)) {
      const shown = await this.shown(arn, id);
      if (shown !== arn) names.set(arn, shown);
    }
    return names.size === 0 ? document : renamePrincipals(document, names);
  }

  /** The ARN of whoever had it, as it is now, or the unique id where that one is gone. */
  async shown(arn: string, uniqueId: string | undefined): Promise<string> {
    if (uniqueId === undefined || (await this.#uniqueId(arn)) === uniqueId) return arn;
    return (await this.#renamed(arn, uniqueId)) ?? uniqueId;
  }

  /** Users can get another name or path, roles can't. It is rare enough to look at every user. */
  async #renamed(arn: string, uniqueId: string): Promise<string | undefined> {
    const named = parseIamArn(arn);
    if (named?.type !== "user") return undefined;
    for await (const user of allRows(this.#storage, usersTable, named.accountId)) {
      if (user.uniqueId === uniqueId) {
        return iamArn(user.accountId, "user", user.path, user.name);
      }
    }
    return undefined;
  }

  /** Of the user or role that has the ARN now. */
  async #uniqueId(arn: string): Promise<string | undefined> {
    const named = parseIamArn(arn);
    if (named === undefined) return undefined;
    const table: Table<User | Role> = named.type === "user" ? usersTable : rolesTable;
    const row = await this.#storage.get(table, rowKey(named.accountId, named.name));
    if (row === undefined) return undefined;
    const { kind, accountId, path, name, uniqueId } = row.body;
    return iamArn(accountId, kind, path, name) === arn ? uniqueId : undefined;
  }
}

type Principal = "*" | { AWS?: string | readonly string[] };

interface Statement {
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
}

/** Conditions may hold the same ARNs: those are compared as text and stay. */
function renamePrincipals(document: string, names: ReadonlyMap<string, string>): string {
  const policy: { Statement: Statement | readonly Statement[] } = JSON.parse(document);
  const renamed = (principal: string) => names.get(principal) ?? principal;
  for (const statement of [policy.Statement].flat()) {
    const principal = statement.Principal ?? statement.NotPrincipal ?? "*";
    if (principal === "*" || principal.AWS === undefined) continue;
    const { AWS } = principal;
    principal.AWS = typeof AWS === "string" ? renamed(AWS) : AWS.map(renamed);
  }
  return JSON.stringify(policy);
}
