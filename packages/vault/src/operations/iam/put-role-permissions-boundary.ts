/**
 * Sets the managed policy that bounds what a role may do, in place of the one that was set.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryCondition } from "./boundary-conditions.ts";
import { input, permissionsBoundary, roleName } from "./members.ts";

export const putRolePermissionsBoundary = operation({
  name: "PutRolePermissionsBoundary",
  isReadOnly: false,
  input: input({
    RoleName: required(roleName),
    PermissionsBoundary: required(permissionsBoundary),
  }),

  async permit({ RoleName, PermissionsBoundary }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    const keys = boundaryCondition(PermissionsBoundary);
    return call.authorize("iam:PutRolePermissionsBoundary", role, keys);
  },

  async run({ PermissionsBoundary }, permit, call) {
    await call.vault.principals.roles.boundaries.put(permit, PermissionsBoundary);
    return undefined;
  },
});
