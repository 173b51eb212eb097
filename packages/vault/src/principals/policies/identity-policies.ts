/**
 * The policies that say what a user or role may do: its inline ones, those attached to it, and
 * those of a user's groups; and the permissions boundary that says what they can give at most.
 */
import type { CompiledPolicy } from "../../authorization/compile.ts";
import type { Soon } from "../../soon.ts";
import { Missing, type Storage } from "../../storage/storage.ts";
import { parseIamArn } from "../arns.ts";
import { Derived } from "../derived.ts";
import {
  type Entity,
  type Group,
  groupsTable,
  policiesTable,
  type Role,
  rowKey,
  type User,
  usersTable,
} from "../records.ts";
import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { compiledInlinePolicies, compiledManagedPolicy, remembered } from "./compiled-policies.ts";

export interface EntityPolicies {
  readonly policies: readonly CompiledPolicy[];
  /** The permissions boundary, where one is set. */
  readonly boundary: CompiledPolicy | undefined;
}

export class IdentityPolicies {
  readonly #storage: Storage;
  readonly #joined = new Derived<User | Role, EntityPolicies>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Every policy of the entity, as it stands now, for at most two reads; the same object until one
   * of them changes. A group or policy that
   * isn't there throws `Missing`: leaving it out could leave out a Deny, or a limit.
   */
  of(entity: User | Role): Soon<EntityPolicies> {
    return selfContained(entity) ?? this.#joinedOf(entity);
  }

  async #joinedOf(entity: User | Role): Promise<EntityPolicies> {
    const own = ownAndAws(entity);
    const others = entity.kind === "user" ? (await this.#groups(entity)).map(ownAndAws) : [];
    const holders = [own, ...others];
    const keys = holders.flatMap(({ customerKeys }) => customerKeys);
    const { boundaryArn } = entity;
    const awsBoundary = boundaryArn === undefined ? undefined : awsManagedPolicy(boundaryArn);
    const isBoundaryCustomer = boundaryArn !== undefined && awsBoundary === undefined;
    if (isBoundaryCustomer) keys.push(policyKey(boundaryArn));
    const customers = await this.#customerPolicies(keys);
    const boundary = isBoundaryCustomer
      ? customers.pop()
      : awsBoundary && compiledManagedPolicy(awsBoundary);
    return this.#joined.of(entity, [boundary, ...holders, ...customers], () => {
      const policies = [...holders.flatMap(({ compiled }) => compiled), ...customers];
      // What is attached to a user and to its group counts once.
      return { policies: [...new Set(policies)], boundary };
    });
  }

  async #groups({ accountId, name, groupNames = [] }: User): Promise<readonly Group[]> {
    if (groupNames.length === 0) return [];
    const keys = groupNames.map((groupName) => rowKey(accountId, groupName));
    const rows = await this.#storage.getMany(groupsTable, keys);
    const groups = rows.flatMap((row) => row?.body ?? []);
    if (groups.length === keys.length) return groups;
    // Of a group that was renamed since, the user's row has the new name.
    const user = (await this.#storage.get(usersTable, rowKey(accountId, name)))?.body;
    if (user === undefined || String(user.groupNames) === String(groupNames)) {
      throw new Missing(`a group of the user ${name}`);
    }
    return this.#groups(user);
  }

  async #customerPolicies(keys: readonly string[]): Promise<CompiledPolicy[]> {
    if (keys.length === 0) return [];
    const rows = await this.#storage.getMany(policiesTable, keys);
    return rows.map((row, at) => {
      if (row === undefined) throw new Missing(`the attached policy ${keys[at]}`);
      return compiledManagedPolicy(row.body);
    });
  }
}

/** What the entity's own row tells: inline and AWS's policies, and where the customer's lie. */
const ownAndAws = remembered((entity: Entity) => {
  const aws = entity.attachedPolicies.flatMap((arn) => awsManagedPolicy(arn) ?? []);
  return {
    compiled: [...compiledInlinePolicies(entity), ...aws.map(compiledManagedPolicy)],
    customerKeys: entity.attachedPolicies
      .filter((arn) => awsManagedPolicy(arn) === undefined)
      .map(policyKey),
  };
});

/** All of it where no other row has a part in it, which is so for most roles. */
const selfContained = remembered((entity: User | Role): EntityPolicies | undefined => {
  const { compiled, customerKeys } = ownAndAws(entity);
  const hasGroups = entity.kind === "user" && (entity.groupNames ?? []).length > 0;
  if (hasGroups || customerKeys.length > 0 || entity.boundaryArn !== undefined) return undefined;
  return { policies: [...new Set(compiled)], boundary: undefined };
});

function policyKey(arn: string): string {
  const parts = parseIamArn(arn);
  if (parts === undefined) throw new Missing(`the attached policy ${arn}`);
  return rowKey(parts.accountId, parts.name);
}
