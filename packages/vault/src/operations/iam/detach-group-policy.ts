/**
 * Detaches a managed policy from a group.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachGroupPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input, policyArn } from "./members.ts";

export const detachGroupPolicy = operation({
  name: "DetachGroupPolicy",
  isReadOnly: false,
  input: input({ GroupName: required(groupName), PolicyArn: required(policyArn) }),

  async permit({ GroupName, PolicyArn }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:DetachGroupPolicy", group, { "iam:PolicyARN": PolicyArn });
  },

  async run({ PolicyArn }, permit, call) {
    await call.vault.principals.groups.attachments.detach(permit, PolicyArn);
    return undefined;
  },
});
