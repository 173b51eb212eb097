/** The permissions boundaries of users and roles: managed policies that limit and give nothing. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Change, Storage } from "../../storage/storage.ts";
import { parseIamArn } from "../arns.ts";
import { boundaryNotAttachable, invalidBoundaryArn } from "../errors.ts";
import { countedUse } from "../policies/policy-usage.ts";
import type { Role, User } from "../records.ts";
import type { Entities, EntityResource } from "./entities.ts";

export class Boundaries<Body extends User | Role, Name extends "User" | "Role"> {
  readonly #storage: Storage;
  readonly #entities: Entities<Body>;

  constructor(storage: Storage, entities: Entities<Body>) {
    this.#storage = storage;
    this.#entities = entities;
  }

  /** Sets the boundary in place of the one that was set. */
  async put(
    permit: Permit<`iam:Put${Name}PermissionsBoundary`, EntityResource<Body>>,
    boundaryArn: string,
  ): Promise<void> {
    checkBoundaryArn(boundaryArn);
    return this.#entities.update(permit.resource, async (entity) => {
      if (entity.boundaryArn === boundaryArn) return undefined;
      const alongside = [
        ...(await this.set(entity.accountId, boundaryArn)),
        ...(await this.unset(entity)),
      ];
      return { entity: { ...entity, boundaryArn }, alongside };
    });
  }

  /** Nothing happens if none is set. */
  delete(
    permit: Permit<`iam:Delete${Name}PermissionsBoundary`, EntityResource<Body>>,
  ): Promise<void> {
    return this.#entities.update(permit.resource, async (entity) => {
      if (entity.boundaryArn === undefined) return undefined;
      return { entity: { ...entity, boundaryArn: undefined }, alongside: await this.unset(entity) };
    });
  }

  /** What changes in the policy when it becomes a boundary, be it of what is being created. */
  async set(accountId: string, boundaryArn: string | undefined): Promise<readonly Change[]> {
    if (boundaryArn === undefined) return [];
    checkBoundaryArn(boundaryArn);
    const changes = await countedUse(this.#storage, accountId, boundaryArn, "boundaryCount", 1);
    if (changes === undefined) throw boundaryNotAttachable(boundaryArn);
    return changes;
  }

  /** What changes in the policy when it is the entity's boundary no more. */
  async unset({ accountId, boundaryArn }: Body): Promise<readonly Change[]> {
    if (boundaryArn === undefined) return [];
    return (await countedUse(this.#storage, accountId, boundaryArn, "boundaryCount", -1)) ?? [];
  }
}

function checkBoundaryArn(arn: string): void {
  if (parseIamArn(arn)?.type !== "policy") throw invalidBoundaryArn(arn);
}
