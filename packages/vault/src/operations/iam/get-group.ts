/**
 * Tells about a group and lists the users who are in it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input, paging } from "./members.ts";
import { groupOutput, userOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const getGroup = operation({
  name: "GetGroup",
  isReadOnly: true,
  input: input({ GroupName: required(groupName), ...paging }),

  async permit({ GroupName }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:GetGroup", group);
  },

  async run(input, permit, call) {
    const { groups } = call.vault.principals;
    const group = await groups.get(permit);
    const page = await groups.memberships.users(group, pageRequest(input));
    return { Group: groupOutput(group), Users: page.items.map(userOutput), ...pageMembers(page) };
  },
});
