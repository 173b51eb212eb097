/** Users, groups, roles, instance profiles, policies and access keys as IAM's replies show them. */
import { iamArn } from "../../principals/arns.ts";
import type { ShownProfile } from "../../principals/entities/instance-profiles.ts";
import type { ShownVersion } from "../../principals/policies/policy-versions.ts";
import type { AccessKey, Group, ManagedPolicy, Role, Tag, User } from "../../principals/records.ts";

/** As lists show it: without tags. */
export function userOutput(user: User) {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.uniqueId,
    Arn: iamArn(user.accountId, "user", user.path, user.name),
    CreateDate: new Date(user.createdAt),
  };
}

export function groupOutput(group: Group) {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.uniqueId,
    Arn: iamArn(group.accountId, "group", group.path, group.name),
    CreateDate: new Date(group.createdAt),
  };
}

/** As CreateRole and instance profiles show it: without description and how long sessions last. */
export function roleOutput(role: Role) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.uniqueId,
    Arn: iamArn(role.accountId, "role", role.path, role.name),
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodedDocument(role.trustPolicy),
  };
}

export function roleLastUsed({ lastUsed }: Role) {
  if (lastUsed === undefined) return {};
  return { LastUsedDate: new Date(lastUsed.time), Region: lastUsed.region };
}

/** As lists show it: without tags. */
export function instanceProfileOutput({ profile, role }: ShownProfile) {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.uniqueId,
    Arn: iamArn(profile.accountId, "instance-profile", profile.path, profile.name),
    CreateDate: new Date(profile.createdAt),
    Roles: role === undefined ? [] : [roleOutput(role)],
  };
}

/** As lists show it: without description and tags. */
export function policyOutput(policy: ManagedPolicy) {
  return {
    PolicyName: policy.name,
    PolicyId: policy.uniqueId,
    Arn: iamArn(policy.accountId, "policy", policy.path, policy.name),
    Path: policy.path,
    DefaultVersionId: policy.versionId,
    AttachmentCount: policy.attachmentCount,
    PermissionsBoundaryUsageCount: policy.boundaryCount ?? 0,
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
  };
}

/** As lists show it: without its document. */
export function policyVersionOutput({ id, isDefault, createdAt }: ShownVersion) {
  return { VersionId: id, IsDefaultVersion: isDefault, CreateDate: new Date(createdAt) };
}

export function accessKeyOutput(key: AccessKey) {
  return {
    UserName: key.userName,
    AccessKeyId: key.accessKeyId,
    Status: key.status,
    CreateDate: new Date(key.createdAt),
  };
}

export function tagsOutput(tags: readonly Tag[]) {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

/** Users, roles and new policies that have no tags show none, not an empty list. */
export function tagsIfAny(tags: readonly Tag[]) {
  return tags.length === 0 ? {} : { Tags: tagsOutput(tags) };
}

/** Lists leave it out, as they do tags. */
export function boundaryIfAny({ boundaryArn }: User | Role) {
  if (boundaryArn === undefined) return {};
  // AWS says "Policy" where its model says "PermissionsBoundaryPolicy".
  const PermissionsBoundary = {
    PermissionsBoundaryType: "Policy",
    PermissionsBoundaryArn: boundaryArn,
  };
  return { PermissionsBoundary };
}

/** IAM returns policy documents URL-encoded as RFC 3986 says. */
export function encodedDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
