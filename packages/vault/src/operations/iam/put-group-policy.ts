/**
 * Adds an inline policy to a group, or replaces the one of that name.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input, policyDocument, policyName } from "./members.ts";

export const putGroupPolicy = operation({
  name: "PutGroupPolicy",
  isReadOnly: false,
  input: input({
    GroupName: required(groupName),
    PolicyName: required(policyName),
    PolicyDocument: required(policyDocument),
  }),

  async permit({ GroupName }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:PutGroupPolicy", group);
  },

  async run({ PolicyName, PolicyDocument }, permit, call) {
    const policy = { name: PolicyName, document: PolicyDocument };
    await call.vault.principals.groups.inlinePolicies.put(permit, policy);
    return undefined;
  },
});
