/** The managed policies of a user, group or role. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Storage } from "../../storage/storage.ts";
import { type IamArn, parseIamArn } from "../arns.ts";
import { invalidArn, policyNotAttachable, policyNotFound, quotaExceeded } from "../errors.ts";
import { type Page, type PageRequest, pageOf } from "../page.ts";
import { countedUse } from "../policies/policy-usage.ts";
import type { Group, PolicyHolderNoun, Role, User } from "../records.ts";
import type { Entities, EntityResource } from "./entities.ts";

export interface AttachedPolicy {
  readonly arn: string;
  readonly name: string;
}

const attachedMax = 10;

export class Attachments<Body extends User | Group | Role, Name extends PolicyHolderNoun> {
  readonly #storage: Storage;
  readonly #entities: Entities<Body>;

  constructor(storage: Storage, entities: Entities<Body>) {
    this.#storage = storage;
    this.#entities = entities;
  }

  /** Nothing happens if it is attached already. */
  async attach(
    permit: Permit<`iam:Attach${Name}Policy`, EntityResource<Body>>,
    policyArn: string,
  ): Promise<void> {
    checkPolicyArn(policyArn);
    return this.#entities.update(permit.resource, async (entity) => {
      const attached = entity.attachedPolicies;
      if (attached.includes(policyArn)) return undefined;
      const alongside = await this.#counted(entity.accountId, policyArn, 1);
      if (alongside === undefined) throw policyNotAttachable(policyArn);
      if (attached.length >= attachedMax) {
        throw quotaExceeded(`PoliciesPer${this.#entities.noun}`, attachedMax);
      }
      return { entity: { ...entity, attachedPolicies: [...attached, policyArn] }, alongside };
    });
  }

  async detach(
    permit: Permit<`iam:Detach${Name}Policy`, EntityResource<Body>>,
    policyArn: string,
  ): Promise<void> {
    checkPolicyArn(policyArn);
    return this.#entities.update(permit.resource, async (entity) => {
      const attachedPolicies = entity.attachedPolicies.filter((arn) => arn !== policyArn);
      if (attachedPolicies.length === entity.attachedPolicies.length) {
        throw policyNotFound(policyArn);
      }
      const alongside = (await this.#counted(entity.accountId, policyArn, -1)) ?? [];
      return { entity: { ...entity, attachedPolicies }, alongside };
    });
  }

  /** Those whose path starts with the prefix, in the order of their names. */
  async list(
    permit: Permit<`iam:ListAttached${Name}Policies`, EntityResource<Body>>,
    pathPrefix: string,
    request: PageRequest,
  ): Promise<Page<AttachedPolicy>> {
    const { body } = await this.#entities.row(permit.resource);
    const attached = body.attachedPolicies.flatMap((arn) => {
      const parts = parseIamArn(arn);
      return parts?.path.startsWith(pathPrefix) ? [{ arn, ...parts }] : [];
    });
    const position = ({ name, accountId }: IamArn) => `${name}/${accountId}`;
    attached.sort((a, b) => (position(a) < position(b) ? -1 : 1));
    return pageOf(attached, request, position);
  }

  #counted(accountId: string, policyArn: string, by: 1 | -1) {
    return countedUse(this.#storage, accountId, policyArn, "attachmentCount", by);
  }
}

function checkPolicyArn(arn: string): void {
  if (parseIamArn(arn)?.type !== "policy") throw invalidArn(arn);
}
