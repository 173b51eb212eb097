/** The policies that say what a user or role may do: its inline ones and those attached to it. */
import type { CompiledPolicy } from "../authorization/compile.ts";
import { Missing, type Storage } from "../storage/storage.ts";
import { parseIamArn } from "./arns.ts";
import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { compiledInlinePolicies, compiledManagedPolicy } from "./compiled-policies.ts";
import { type Entity, type ManagedPolicy, policiesTable, rowKey } from "./records.ts";

export class IdentityPolicies {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Every policy of the entity, as it stands now. An attached policy that isn't there throws
   * `Missing`: leaving it out could leave out a Deny.
   */
  async of(entity: Entity): Promise<readonly CompiledPolicy[]> {
    const inline = compiledInlinePolicies(entity);
    if (entity.attachedPolicies.length === 0) return inline;
    const attached = await this.#attached(entity.attachedPolicies);
    return [...inline, ...attached.map(compiledManagedPolicy)];
  }

  async #attached(arns: readonly string[]): Promise<readonly ManagedPolicy[]> {
    const customers = arns.filter((arn) => awsManagedPolicy(arn) === undefined);
    const rows = await this.#storage.getMany(policiesTable, customers.map(policyKey));
    const found = new Map(customers.map((arn, at) => [arn, rows[at]?.body]));
    return arns.map((arn) => {
      const policy = awsManagedPolicy(arn) ?? found.get(arn);
      if (policy === undefined) throw new Missing(`the attached policy ${arn}`);
      return policy;
    });
  }
}

function policyKey(arn: string): string {
  const parts = parseIamArn(arn);
  if (parts === undefined) throw new Missing(`the attached policy ${arn}`);
  return rowKey(parts.accountId, parts.name);
}
