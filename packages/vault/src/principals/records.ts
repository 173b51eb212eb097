/**
 * What is stored about users, roles, access keys and managed policies. An entity's row holds its
 * inline policies, the names of its managed ones and of its access keys, so that quotas are kept
 * by the row's revision and a request needs one read to know its caller.
 */
import type { PrincipalIds } from "../authorization/types.ts";
import { type Row, table } from "../storage/storage.ts";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface InlinePolicy {
  readonly name: string;
  /** As it was given: IAM returns it character for character. */
  readonly document: string;
}

/** What users and roles have in common. Times are milliseconds since the epoch. */
export interface Entity {
  readonly accountId: string;
  readonly name: string;
  readonly uniqueId: string;
  readonly path: string;
  readonly createdAt: number;
  readonly tags: readonly Tag[];
  /** In the order of their names. */
  readonly inlinePolicies: readonly InlinePolicy[];
  /** ARNs, in the order of attachment. */
  readonly attachedPolicies: readonly string[];
}

export interface User extends Entity {
  readonly kind: "user";
  /** In the order of creation. */
  readonly accessKeyIds: readonly string[];
}

export interface Role extends Entity {
  readonly kind: "role";
  readonly description: string | undefined;
  readonly maxSessionDurationSeconds: number;
  /** When and where credentials were last issued for it, to the hour. */
  readonly lastUsed: { readonly time: number; readonly region: string } | undefined;
  /** AWS's AssumeRolePolicyDocument, as it was given. */
  readonly trustPolicy: string;
  /** Whom the trust policy's ARNs of users and roles named when it was stored. */
  readonly trustedIds: PrincipalIds;
}

/** The row's sealed bytes are the secret access key. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly userName: string;
  /** The user's unique id: a key never speaks for a later user of the same name. */
  readonly userId: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: number;
}

/** A managed policy in its default version; a customer's has only that one, v1. */
export interface ManagedPolicy {
  readonly accountId: string;
  readonly name: string;
  readonly uniqueId: string;
  readonly path: string;
  readonly description: string | undefined;
  readonly versionId: string;
  /** As it was given. */
  readonly document: string;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  /** When the default version was made. */
  readonly updatedAt: number;
  /** How many users and roles it is attached to. */
  readonly attachmentCount: number;
}

export const usersTable = table<User>("users");
export const rolesTable = table<Role>("roles");
export const accessKeysTable = table<AccessKey>("access_keys");
export const policiesTable = table<ManagedPolicy>("policies");

export type PolicyRow = Row<ManagedPolicy>;

/** Names are unique without regard to case, as on AWS; access keys are found by their id alone. */
export function rowKey(accountId: string, name: string): string {
  return `${accountId}/${name.toLowerCase()}`;
}
