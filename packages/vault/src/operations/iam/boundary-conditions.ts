/** What policies may ask about permissions boundaries: `iam:PermissionsBoundary`. */
import type { ConditionKeys } from "../../authorization/types.ts";
import type { EntityResource } from "../../principals/entities/entities.ts";
import type { Role, User } from "../../principals/records.ts";

/** Of the boundary that a request sets. */
export function boundaryCondition(boundaryArn: string | undefined): ConditionKeys {
  return boundaryArn === undefined ? {} : { "iam:PermissionsBoundary": boundaryArn };
}

/** Of the boundary that a user or role has, where a request changes what is bounded. */
export function boundaryOf({ row }: EntityResource<User> | EntityResource<Role>): ConditionKeys {
  return boundaryCondition(row?.body.boundaryArn);
}
