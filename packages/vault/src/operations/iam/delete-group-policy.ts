/**
 * Deletes an inline policy of a group.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroupPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input, policyName } from "./members.ts";

export const deleteGroupPolicy = operation({
  name: "DeleteGroupPolicy",
  isReadOnly: false,
  input: input({ GroupName: required(groupName), PolicyName: required(policyName) }),

  async permit({ GroupName }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:DeleteGroupPolicy", group);
  },

  async run({ PolicyName }, permit, call) {
    await call.vault.principals.groups.inlinePolicies.delete(permit, PolicyName);
    return undefined;
  },
});
