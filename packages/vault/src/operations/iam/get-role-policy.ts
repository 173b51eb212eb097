/**
 * Gives the document of an inline policy of a role.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyName, roleName } from "./members.ts";
import { encodedDocument } from "./outputs.ts";

export const getRolePolicy = operation({
  name: "GetRolePolicy",
  isReadOnly: true,
  input: input({ RoleName: required(roleName), PolicyName: required(policyName) }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:GetRolePolicy", role);
  },

  async run({ RoleName, PolicyName }, permit, call) {
    const policy = await call.vault.principals.roles.inlinePolicies.get(permit, PolicyName);
    return { RoleName, PolicyName, PolicyDocument: encodedDocument(policy.document) };
  },
});
