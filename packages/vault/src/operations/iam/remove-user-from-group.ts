/**
 * Takes a user out of a group.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, groupName, input } from "./members.ts";

export const removeUserFromGroup = operation({
  name: "RemoveUserFromGroup",
  isReadOnly: false,
  input: input({ GroupName: required(groupName), UserName: required(existingUserName) }),

  async permit({ GroupName }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:RemoveUserFromGroup", group);
  },

  async run({ UserName }, permit, call) {
    await call.vault.principals.groups.memberships.remove(permit, UserName);
    return undefined;
  },
});
