/**
 * Whom a role's trust policy means. As on AWS, the ARN of a user or role stands for the one that
 * had it when the policy was stored: whoever is created later under the same name isn't trusted.
 * Sessions, accounts, services and identity providers stay as they are written.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 */
import { compilePolicy, principalsTrustedBy } from "../authorization/compile.ts";
import type { PrincipalIds } from "../authorization/types.ts";
import type { Storage, Table } from "../storage/storage.ts";
import { iamArn, parseIamArn } from "./arns.ts";
import { invalidPrincipal, quotaExceeded } from "./errors.ts";
import { policySize } from "./policy-size.ts";
import { type Role, rolesTable, rowKey, type User, usersTable } from "./records.ts";

const charactersMax = 2048;
const userOrRole = /^arn:aws:iam::\d{12}:(?:user|role)\//;

export class TrustPolicies {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * The users and roles that a new trust policy names. Throws IAM's error for a document that
   * can't be stored, be it only because one of them doesn't exist.
   */
  async bind(document: string): Promise<PrincipalIds> {
    compilePolicy(document, "trust");
    if (policySize(document) > charactersMax) throw quotaExceeded("ACLSizePerRole", charactersMax);
    const ids: Record<string, string> = {};
    for (const arn of principalsTrustedBy(document)) {
      if (!userOrRole.test(arn)) continue;
      const id = await this.#uniqueId(arn);
      if (id === undefined) throw invalidPrincipal(arn);
      ids[arn] = id;
    }
    return ids;
  }

  /** The role as IAM shows it: its trust policy has the unique id of each principal that is gone. */
  async shown(role: Role): Promise<Role> {
    const gone = new Map<string, string>();
    for (const [arn, id] of Object.entries(role.trustedIds)) {
      if ((await this.#uniqueId(arn)) !== id) gone.set(arn, id);
    }
    if (gone.size === 0) return role;
    return { ...role, trustPolicy: renamePrincipals(role.trustPolicy, gone) };
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

interface Statement {
  readonly Principal: "*" | { AWS?: string | readonly string[] };
}

/** Conditions may hold the same ARNs: those are compared as text and stay. */
function renamePrincipals(document: string, names: ReadonlyMap<string, string>): string {
  const policy: { Statement: Statement | readonly Statement[] } = JSON.parse(document);
  const renamed = (principal: string) => names.get(principal) ?? principal;
  for (const { Principal } of [policy.Statement].flat()) {
    if (Principal === "*" || Principal.AWS === undefined) continue;
    const { AWS } = Principal;
    Principal.AWS = typeof AWS === "string" ? renamed(AWS) : AWS.map(renamed);
  }
  return JSON.stringify(policy);
}
