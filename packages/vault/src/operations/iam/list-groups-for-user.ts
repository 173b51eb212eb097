/**
 * Lists the groups that a user is in.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, input, paging } from "./members.ts";
import { groupOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listGroupsForUser = operation({
  name: "ListGroupsForUser",
  isReadOnly: true,
  input: input({ UserName: required(existingUserName), ...paging }),

  async permit({ UserName }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:ListGroupsForUser", user);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.users.groups(permit, pageRequest(input));
    return { Groups: page.items.map(groupOutput), ...pageMembers(page) };
  },
});
