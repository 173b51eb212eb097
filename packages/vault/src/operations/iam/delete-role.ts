/**
 * Deletes a role that has no policies left, and with it its sessions.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, roleName } from "./members.ts";

export const deleteRole = operation({
  name: "DeleteRole",
  isReadOnly: false,
  input: input({ RoleName: required(roleName) }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:DeleteRole", role);
  },

  async run(_input, permit, call) {
    await call.vault.principals.roles.delete(permit);
    return undefined;
  },
});
