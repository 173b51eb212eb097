/**
 * Gives the document of an inline policy of a group.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input, policyName } from "./members.ts";
import { encodedDocument } from "./outputs.ts";

export const getGroupPolicy = operation({
  name: "GetGroupPolicy",
  isReadOnly: true,
  input: input({ GroupName: required(groupName), PolicyName: required(policyName) }),

  async permit({ GroupName }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:GetGroupPolicy", group);
  },

  async run({ GroupName, PolicyName }, permit, call) {
    const policy = await call.vault.principals.groups.inlinePolicies.get(permit, PolicyName);
    return { GroupName, PolicyName, PolicyDocument: encodedDocument(policy.document) };
  },
});
