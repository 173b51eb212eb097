/** Users, groups, roles and policies with all that they have, as the account's report shows them. */
import { parseIamArn } from "../../principals/arns.ts";
import { versionsOf } from "../../principals/policies/versioning.ts";
import type {
  Entity,
  Group,
  InstanceProfile,
  ManagedPolicy,
  Role,
  User,
} from "../../principals/records.ts";
import {
  boundaryIfAny,
  encodedDocument,
  groupOutput,
  instanceProfileOutput,
  policyOutput,
  policyVersionOutput,
  roleLastUsed,
  roleOutput,
  tagsOutput,
  userOutput,
} from "./outputs.ts";

export function userDetail(user: User) {
  return {
    ...userOutput(user),
    // Alone of the three it is left out where it would be empty.
    ...(user.inlinePolicies.length > 0 && { UserPolicyList: inlinePolicies(user) }),
    GroupList: user.groupNames ?? [],
    AttachedManagedPolicies: attachedPolicies(user),
    ...boundaryIfAny(user),
    Tags: tagsOutput(user.tags),
  };
}

export function groupDetail(group: Group) {
  return {
    ...groupOutput(group),
    GroupPolicyList: inlinePolicies(group),
    AttachedManagedPolicies: attachedPolicies(group),
  };
}

export function roleDetail(role: Role, profiles: readonly InstanceProfile[]) {
  return {
    ...roleOutput(role),
    InstanceProfileList: profiles.map((profile) => instanceProfileOutput({ profile, role })),
    RolePolicyList: inlinePolicies(role),
    AttachedManagedPolicies: attachedPolicies(role),
    ...boundaryIfAny(role),
    Tags: tagsOutput(role.tags),
    RoleLastUsed: roleLastUsed(role),
  };
}

export function policyDetail(policy: ManagedPolicy) {
  return {
    ...policyOutput(policy),
    Description: policy.description,
    PolicyVersionList: versionsOf(policy).map((version) => ({
      Document: encodedDocument(version.document),
      ...policyVersionOutput({ ...version, isDefault: version.id === policy.versionId }),
    })),
  };
}

function inlinePolicies({ inlinePolicies: policies }: Entity) {
  return policies.map(({ name, document }) => ({
    PolicyName: name,
    PolicyDocument: encodedDocument(document),
  }));
}

function attachedPolicies({ attachedPolicies: arns }: Entity) {
  return arns.map((arn) => ({ PolicyName: parseIamArn(arn)?.name, PolicyArn: arn }));
}
