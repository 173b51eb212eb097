/**
 * Takes the permissions boundary from a role: all that its policies allow is allowed then.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryOf } from "./boundary-conditions.ts";
import { input, roleName } from "./members.ts";

export const deleteRolePermissionsBoundary = operation({
  name: "DeleteRolePermissionsBoundary",
  isReadOnly: false,
  input: input({ RoleName: required(roleName) }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:DeleteRolePermissionsBoundary", role, boundaryOf(role));
  },

  async run(_input, permit, call) {
    await call.vault.principals.roles.boundaries.delete(permit);
    return undefined;
  },
});
