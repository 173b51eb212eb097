/**
 * Gives a group another name or path; its members and policies stay.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateGroup.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input, path } from "./members.ts";

export const updateGroup = operation({
  name: "UpdateGroup",
  isReadOnly: false,
  input: input({ GroupName: required(groupName), NewPath: path, NewGroupName: groupName }),

  /** It takes the permission on the group as it is and on the group that it becomes. */
  async permit({ GroupName, NewPath, NewGroupName }, call) {
    const { groups } = call.vault.principals;
    const group = await groups.locate(call.scope.accountId, GroupName);
    const renamed = groups.renamed(group, { name: NewGroupName, path: NewPath });
    return {
      from: call.authorize("iam:UpdateGroup", group),
      to: call.authorize("iam:UpdateGroup", renamed),
    };
  },

  async run(_input, { from, to }, call) {
    await call.vault.principals.groups.rename(from, to);
    return undefined;
  },
});
