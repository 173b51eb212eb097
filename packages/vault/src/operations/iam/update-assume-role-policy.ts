/**
 * Replaces a role's trust policy.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyDocument, roleName } from "./members.ts";

export const updateAssumeRolePolicy = operation({
  name: "UpdateAssumeRolePolicy",
  isReadOnly: false,
  input: input({ RoleName: required(roleName), PolicyDocument: required(policyDocument) }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:UpdateAssumeRolePolicy", role);
  },

  async run({ PolicyDocument }, permit, call) {
    await call.vault.principals.roles.updateTrustPolicy(permit, PolicyDocument);
    return undefined;
  },
});
