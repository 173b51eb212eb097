/** The policies that live inside a user, group or role and go with it. */
import type { Permit } from "../../authorization/authorize.ts";
import { compilePolicy } from "../../authorization/compile.ts";
import type { ApiError } from "../../errors.ts";
import { inlinePoliciesTooLarge, noSuchEntity } from "../errors.ts";
import { type Page, type PageRequest, pageOf } from "../page.ts";
import { policySize } from "../policies/policy-size.ts";
import type { Group, InlinePolicy, PolicyHolderNoun, Role, User } from "../records.ts";
import type { Entities, EntityResource } from "./entities.ts";

type Permitted<Action extends string, Body extends User | Group | Role> = Permit<
  Action,
  EntityResource<Body>
>;

export class InlinePolicies<Body extends User | Group | Role, Name extends PolicyHolderNoun> {
  readonly #entities: Entities<Body>;
  readonly #charactersMax: number;

  /** `charactersMax` is for all of an entity's inline policies together. */
  constructor(entities: Entities<Body>, charactersMax: number) {
    this.#entities = entities;
    this.#charactersMax = charactersMax;
  }

  /** Adds the policy or replaces the one of the same name. */
  put(permit: Permitted<`iam:Put${Name}Policy`, Body>, policy: InlinePolicy): Promise<void> {
    return this.#entities.update(permit.resource, (entity) => {
      compilePolicy(policy.document, "identity");
      const others = entity.inlinePolicies.filter(({ name }) => name !== policy.name);
      const inlinePolicies = [...others, policy].sort((a, b) => (a.name < b.name ? -1 : 1));
      const size = inlinePolicies.reduce((sum, { document }) => sum + policySize(document), 0);
      if (size > this.#charactersMax) {
        throw inlinePoliciesTooLarge(this.#entities.kind, entity.name, this.#charactersMax);
      }
      return { entity: { ...entity, inlinePolicies } };
    });
  }

  async get(
    permit: Permitted<`iam:Get${Name}Policy`, Body>,
    policyName: string,
  ): Promise<InlinePolicy> {
    const { body } = await this.#entities.row(permit.resource);
    const policy = body.inlinePolicies.find(({ name }) => name === policyName);
    if (policy === undefined) throw this.#notFound(policyName);
    return policy;
  }

  async list(
    permit: Permitted<`iam:List${Name}Policies`, Body>,
    request: PageRequest,
  ): Promise<Page<InlinePolicy>> {
    const { body } = await this.#entities.row(permit.resource);
    return pageOf(body.inlinePolicies, request, ({ name }) => name);
  }

  delete(permit: Permitted<`iam:Delete${Name}Policy`, Body>, policyName: string): Promise<void> {
    return this.#entities.update(permit.resource, (entity) => {
      const inlinePolicies = entity.inlinePolicies.filter(({ name }) => name !== policyName);
      if (inlinePolicies.length === entity.inlinePolicies.length) throw this.#notFound(policyName);
      return { entity: { ...entity, inlinePolicies } };
    });
  }

  #notFound(policyName: string): ApiError {
    return noSuchEntity(`The ${this.#entities.kind} policy with name ${policyName}`);
  }
}
