/**
 * What is stored about users, groups, roles, instance profiles, access keys and managed policies.
 * An entity's row holds its inline policies and the names of all else that it has, so that quotas
 * are kept by the row's revision and a request needs one read to know its caller.
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

/** What all that has a name in IAM has. Times are milliseconds since the epoch. */
export interface Named {
  readonly kind: "user" | "group" | "role" | "instance-profile";
  readonly accountId: string;
  readonly name: string;
  readonly uniqueId: string;
  readonly path: string;
  readonly createdAt: number;
  /** A group has none. */
  readonly tags?: readonly Tag[];
}

/** What policies can be given to. */
export interface Entity extends Named {
  readonly kind: "user" | "group" | "role";
  /** In the order of their names. */
  readonly inlinePolicies: readonly InlinePolicy[];
  /** ARNs, in the order of attachment. */
  readonly attachedPolicies: readonly string[];
}

/** The same as they stand in AWS's action names. */
export type PolicyHolderNoun = "User" | "Group" | "Role";

export interface Group extends Entity {
  readonly kind: "group";
  /** Who they are lies in `group_members`; a group goes when nobody is left. */
  readonly memberCount: number;
}

/** What a request can be made as. */
interface Actor extends Entity {
  readonly tags: readonly Tag[];
  /** The ARN of the managed policy that is its permissions boundary. */
  readonly boundaryArn?: string | undefined;
}

export interface User extends Actor {
  readonly kind: "user";
  /** In the order of creation. */
  readonly accessKeyIds: readonly string[];
  /** In their order. Rows of vaults that knew no groups have none. */
  readonly groupNames?: readonly string[];
}

export interface Role extends Actor {
  readonly kind: "role";
  readonly description: string | undefined;
  readonly maxSessionDurationSeconds: number;
  /** When and where credentials were last issued for it, to the hour. */
  readonly lastUsed: { readonly time: number; readonly region: string } | undefined;
  /** AWS's AssumeRolePolicyDocument, as it was given. */
  readonly trustPolicy: string;
  /** Whom the trust policy's ARNs of users and roles named when it was stored. */
  readonly trustedIds: PrincipalIds;
  /** In their order. Rows of vaults that knew no instance profiles have none. */
  readonly instanceProfileNames?: readonly string[];
}

/** What an EC2 instance is given so that it may be a role. */
export interface InstanceProfile extends Named {
  readonly kind: "instance-profile";
  readonly tags: readonly Tag[];
  readonly roleName: string | undefined;
}

/** That a user is in a group, found by the group: the row's key has both. */
export interface GroupMember {
  readonly userName: string;
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

/** One of up to five documents of a managed policy. */
export interface PolicyVersion {
  readonly id: string;
  /** As it was given. */
  readonly document: string;
  readonly createdAt: number;
}

/** A managed policy with the document that counts, that of its default version. */
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
  /** When the newest version was made. */
  readonly updatedAt: number;
  /** When the default version was made, where others came after it. */
  readonly defaultCreatedAt?: number | undefined;
  /** All but the default one, the newest first. Rows of vaults that knew but one have none. */
  readonly otherVersions?: readonly PolicyVersion[];
  /** The number of the newest version that ever was: none is given out twice. */
  readonly lastVersion?: number;
  /** How many users, groups and roles it is attached to. */
  readonly attachmentCount: number;
  /** How many users and roles it is the permissions boundary of. */
  readonly boundaryCount?: number;
}

export const usersTable = table<User>("users");
export const groupsTable = table<Group>("groups");
export const groupMembersTable = table<GroupMember>("group_members");
export const rolesTable = table<Role>("roles");
export const instanceProfilesTable = table<InstanceProfile>("instance_profiles");
export const accessKeysTable = table<AccessKey>("access_keys");
export const policiesTable = table<ManagedPolicy>("policies");

export type PolicyRow = Row<ManagedPolicy>;

/** Names are unique without regard to case, as on AWS; access keys are found by their id alone. */
export function rowKey(accountId: string, name: string): string {
  return `${accountId}/${name.toLowerCase()}`;
}
