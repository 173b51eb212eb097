/**
 * Adds an inline policy to a user, or replaces the one of that name.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryOf } from "./boundary-conditions.ts";
import { existingUserName, input, policyDocument, policyName } from "./members.ts";

export const putUserPolicy = operation({
  name: "PutUserPolicy",
  isReadOnly: false,
  input: input({
    UserName: required(existingUserName),
    PolicyName: required(policyName),
    PolicyDocument: required(policyDocument),
  }),

  async permit({ UserName }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:PutUserPolicy", user, boundaryOf(user));
  },

  async run({ PolicyName, PolicyDocument }, permit, call) {
    const policy = { name: PolicyName, document: PolicyDocument };
    await call.vault.principals.users.inlinePolicies.put(permit, policy);
    return undefined;
  },
});
