/**
 * Users, groups and roles as holders of policies, found by their ARN, with the documents of all
 * that they hold: for reports and simulations. Requests go by `identity-policies.ts`.
 */
import type { Resource } from "../../authorization/types.ts";
import { ApiError } from "../../errors.ts";
import { Missing, type Storage, type Table } from "../../storage/storage.ts";
import { iamArn, parseIamArn } from "../arns.ts";
import { entityNotFound } from "../errors.ts";
import {
  type Group,
  groupsTable,
  type Role,
  rolesTable,
  rowKey,
  type User,
  usersTable,
} from "../records.ts";
import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { tagValues } from "./compiled-policies.ts";
import { customerPolicy } from "./customer-policy.ts";

export type PolicyHolder = User | Group | Role;

/** A holder as a request names it. Whether it exists is told only to who may know. */
export interface HolderResource extends Resource {
  readonly holder: PolicyHolder | undefined;
}

export interface HeldPolicy {
  readonly name: string;
  readonly document: string;
  /** Whose it is: a user's may be one of its groups'. */
  readonly holder: PolicyHolder;
  /** undefined for an inline policy. */
  readonly arn: string | undefined;
}

const tables = { user: usersTable, group: groupsTable, role: rolesTable };

export class PolicyHolders {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Throws IAM's error for an ARN that isn't a user's, group's or role's. */
  async locate(arn: string): Promise<HolderResource> {
    const parts = parseIamArn(arn);
    const type = parts?.type;
    if (parts === undefined || (type !== "user" && type !== "group" && type !== "role")) {
      throw new ApiError(
        "InvalidInput",
        `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`,
      );
    }
    const { accountId, name, path } = parts;
    const table: Table<PolicyHolder> = tables[type];
    const body = (await this.#storage.get(table, rowKey(accountId, name)))?.body;
    const holder = body?.path === path ? body : undefined;
    const tags = holder === undefined || holder.kind === "group" ? {} : tagValues(holder);
    return { arn, accountId, tags, holder };
  }

  /** Inline and managed, a user's groups' included. */
  async policiesOf(holder: PolicyHolder): Promise<readonly HeldPolicy[]> {
    const holders = holder.kind === "user" ? [holder, ...(await this.#groupsOf(holder))] : [holder];
    const policies = await Promise.all(
      holders.map(async (each) => [
        ...each.inlinePolicies.map((policy) => ({ ...policy, holder: each, arn: undefined })),
        ...(await Promise.all(each.attachedPolicies.map((arn) => this.#managed(each, arn)))),
      ]),
    );
    return policies.flat();
  }

  async boundaryOf(holder: PolicyHolder): Promise<HeldPolicy | undefined> {
    const boundaryArn = holder.kind === "group" ? undefined : holder.boundaryArn;
    return boundaryArn === undefined ? undefined : this.#managed(holder, boundaryArn);
  }

  async #groupsOf({ accountId, groupNames = [] }: User): Promise<readonly Group[]> {
    const keys = groupNames.map((name) => rowKey(accountId, name));
    const rows = await this.#storage.getMany(groupsTable, keys);
    return rows.flatMap((row) => (row === undefined ? [] : [row.body]));
  }

  async #managed(holder: PolicyHolder, arn: string): Promise<HeldPolicy> {
    const policy =
      awsManagedPolicy(arn) ?? (await customerPolicy(this.#storage, holder.accountId, arn))?.body;
    if (policy === undefined) throw new Missing(`the attached policy ${arn}`);
    return { name: policy.name, document: policy.document, holder, arn };
  }
}

export function existingHolder({ arn, holder }: HolderResource): PolicyHolder {
  if (holder !== undefined) return holder;
  const { type, name = "" } = parseIamArn(arn) ?? {};
  throw entityNotFound(type === "group" || type === "role" ? type : "user", name);
}

export function holderArn({ accountId, kind, path, name }: PolicyHolder): string {
  return iamArn(accountId, kind, path, name);
}
