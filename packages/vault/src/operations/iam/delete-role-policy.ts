/**
 * Deletes an inline policy of a role.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryOf } from "./boundary-conditions.ts";
import { input, policyName, roleName } from "./members.ts";

export const deleteRolePolicy = operation({
  name: "DeleteRolePolicy",
  isReadOnly: false,
  input: input({ RoleName: required(roleName), PolicyName: required(policyName) }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:DeleteRolePolicy", role, boundaryOf(role));
  },

  async run({ PolicyName }, permit, call) {
    await call.vault.principals.roles.inlinePolicies.delete(permit, PolicyName);
    return undefined;
  },
});
