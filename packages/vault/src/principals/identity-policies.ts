/** The policies that say what a user or role may do: its inline ones and those attached to it. */
import type { CompiledPolicy } from "../authorization/compile.ts";
import { Missing, type Storage } from "../storage/storage.ts";
import { parseIamArn } from "./arns.ts";
import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { compiledInlinePolicies, compiledManagedPolicy, remembered } from "./compiled-policies.ts";
import { type Entity, policiesTable, rowKey } from "./records.ts";

export interface EntityPolicies {
  readonly policies: readonly CompiledPolicy[];
  /** The permissions boundary, where one is set. */
  readonly boundary: CompiledPolicy | undefined;
}

export class IdentityPolicies {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Every policy of the entity, as it stands now. An attached policy that isn't there throws
   * `Missing`: leaving it out could leave out a Deny.
   */
  async of(entity: Entity): Promise<EntityPolicies> {
    return { policies: await this.#policies(entity), boundary: undefined };
  }

  async #policies(entity: Entity): Promise<readonly CompiledPolicy[]> {
    const { compiled, customerKeys } = ownAndAws(entity);
    if (customerKeys.length === 0) return compiled;
    const rows = await this.#storage.getMany(policiesTable, customerKeys);
    const customers = rows.map((row, at) => {
      if (row === undefined) throw new Missing(`the attached policy ${customerKeys[at]}`);
      return compiledManagedPolicy(row.body);
    });
    return [...compiled, ...customers];
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

function policyKey(arn: string): string {
  const parts = parseIamArn(arn);
  if (parts === undefined) throw new Missing(`the attached policy ${arn}`);
  return rowKey(parts.accountId, parts.name);
}
