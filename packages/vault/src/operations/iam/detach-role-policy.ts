/**
 * Detaches a managed policy from a role.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryOf } from "./boundary-conditions.ts";
import { input, policyArn, roleName } from "./members.ts";

export const detachRolePolicy = operation({
  name: "DetachRolePolicy",
  isReadOnly: false,
  input: input({ RoleName: required(roleName), PolicyArn: required(policyArn) }),

  async permit({ RoleName, PolicyArn }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:DetachRolePolicy", role, {
      ...boundaryOf(role),
      "iam:PolicyARN": PolicyArn,
    });
  },

  async run({ PolicyArn }, permit, call) {
    await call.vault.principals.roles.attachments.detach(permit, PolicyArn);
    return undefined;
  },
});
