/**
 * Adds an inline policy to a role, or replaces the one of that name.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryOf } from "./boundary-conditions.ts";
import { input, policyDocument, policyName, roleName } from "./members.ts";

export const putRolePolicy = operation({
  name: "PutRolePolicy",
  isReadOnly: false,
  input: input({
    RoleName: required(roleName),
    PolicyName: required(policyName),
    PolicyDocument: required(policyDocument),
  }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:PutRolePolicy", role, boundaryOf(role));
  },

  async run({ PolicyName, PolicyDocument }, permit, call) {
    const policy = { name: PolicyName, document: PolicyDocument };
    await call.vault.principals.roles.inlinePolicies.put(permit, policy);
    return undefined;
  },
});
