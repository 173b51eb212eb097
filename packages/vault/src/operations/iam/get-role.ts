/**
 * Tells about a role, with its trust policy and when it was last used.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, roleName } from "./members.ts";
import { boundaryIfAny, roleLastUsed, roleOutput, tagsIfAny } from "./outputs.ts";

export const getRole = operation({
  name: "GetRole",
  isReadOnly: true,
  input: input({ RoleName: required(roleName) }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:GetRole", role);
  },

  async run(_input, permit, call) {
    const role = await call.vault.principals.roles.get(permit);
    return {
      Role: {
        ...roleOutput(role),
        Description: role.description,
        MaxSessionDuration: role.maxSessionDurationSeconds,
        RoleLastUsed: roleLastUsed(role),
        ...boundaryIfAny(role),
        ...tagsIfAny(role.tags),
      },
    };
  },
});
