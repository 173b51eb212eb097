/**
 * Gives the document of an inline policy of a user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, input, policyName } from "./members.ts";
import { encodedDocument } from "./outputs.ts";

export const getUserPolicy = operation({
  name: "GetUserPolicy",
  isReadOnly: true,
  input: input({ UserName: required(existingUserName), PolicyName: required(policyName) }),

  async permit({ UserName }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:GetUserPolicy", user);
  },

  async run({ UserName, PolicyName }, permit, call) {
    const policy = await call.vault.principals.users.inlinePolicies.get(permit, PolicyName);
    return { UserName, PolicyName, PolicyDocument: encodedDocument(policy.document) };
  },
});
