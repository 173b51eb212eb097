/**
 * Changes a role's description or how long its sessions may last; what is left out stays.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, maxSessionDuration, roleDescription, roleName } from "./members.ts";

export const updateRole = operation({
  name: "UpdateRole",
  isReadOnly: false,
  input: input({
    RoleName: required(roleName),
    Description: roleDescription,
    MaxSessionDuration: maxSessionDuration,
  }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:UpdateRole", role);
  },

  async run({ Description, MaxSessionDuration }, permit, call) {
    await call.vault.principals.roles.update(permit, {
      description: Description,
      maxSessionDurationSeconds: MaxSessionDuration,
    });
    return {};
  },
});
