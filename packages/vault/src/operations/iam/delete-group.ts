/**
 * Deletes a group that has no members and no policies left.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input } from "./members.ts";

export const deleteGroup = operation({
  name: "DeleteGroup",
  isReadOnly: false,
  input: input({ GroupName: required(groupName) }),

  async permit({ GroupName }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:DeleteGroup", group);
  },

  async run(_input, permit, call) {
    await call.vault.principals.groups.delete(permit);
    return undefined;
  },
});
