/**
 * Puts a user in a group: what its policies say counts for the user at once.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, groupName, input } from "./members.ts";

export const addUserToGroup = operation({
  name: "AddUserToGroup",
  isReadOnly: false,
  input: input({ GroupName: required(groupName), UserName: required(existingUserName) }),

  async permit({ GroupName }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:AddUserToGroup", group);
  },

  async run({ UserName }, permit, call) {
    await call.vault.principals.groups.memberships.add(permit, UserName);
    return undefined;
  },
});
