/** IAM: users, roles and their policies. Global, so its Query API has one scope, us-east-1. */
import type { Service } from "../operation.ts";
import { attachRolePolicy } from "./attach-role-policy.ts";
import { attachUserPolicy } from "./attach-user-policy.ts";
import { createAccessKey } from "./create-access-key.ts";
import { createPolicy } from "./create-policy.ts";
import { createRole } from "./create-role.ts";
import { createUser } from "./create-user.ts";
import { deleteAccessKey } from "./delete-access-key.ts";
import { deletePolicy } from "./delete-policy.ts";
import { deleteRole } from "./delete-role.ts";
import { deleteRolePolicy } from "./delete-role-policy.ts";
import { deleteUser } from "./delete-user.ts";
import { deleteUserPolicy } from "./delete-user-policy.ts";
import { detachRolePolicy } from "./detach-role-policy.ts";
import { detachUserPolicy } from "./detach-user-policy.ts";
import { getPolicy } from "./get-policy.ts";
import { getPolicyVersion } from "./get-policy-version.ts";
import { getRole } from "./get-role.ts";
import { getRolePolicy } from "./get-role-policy.ts";
import { getUser } from "./get-user.ts";
import { getUserPolicy } from "./get-user-policy.ts";
import { listAccessKeys } from "./list-access-keys.ts";
import { listAttachedRolePolicies } from "./list-attached-role-policies.ts";
import { listAttachedUserPolicies } from "./list-attached-user-policies.ts";
import { listPolicies } from "./list-policies.ts";
import { listRolePolicies } from "./list-role-policies.ts";
import { listRoles } from "./list-roles.ts";
import { listUserPolicies } from "./list-user-policies.ts";
import { listUsers } from "./list-users.ts";
import { putRolePolicy } from "./put-role-policy.ts";
import { putUserPolicy } from "./put-user-policy.ts";
import { updateAccessKey } from "./update-access-key.ts";
import { updateAssumeRolePolicy } from "./update-assume-role-policy.ts";

export const iam: Service = {
  name: "iam",
  protocol: "aws-query",
  targetPrefixes: [],
  version: "2010-05-08",
  xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
  globalRegion: "us-east-1",
  operations: [
    attachRolePolicy,
    attachUserPolicy,
    createAccessKey,
    createPolicy,
    createRole,
    createUser,
    deleteAccessKey,
    deletePolicy,
    deleteRolePolicy,
    deleteRole,
    deleteUserPolicy,
    deleteUser,
    detachRolePolicy,
    detachUserPolicy,
    getPolicyVersion,
    getPolicy,
    getRolePolicy,
    getRole,
    getUserPolicy,
    getUser,
    listAccessKeys,
    listAttachedRolePolicies,
    listAttachedUserPolicies,
    listPolicies,
    listRolePolicies,
    listRoles,
    listUserPolicies,
    listUsers,
    putRolePolicy,
    putUserPolicy,
    updateAccessKey,
    updateAssumeRolePolicy,
  ],
};
