/**
 * Lists the names of the inline policies of a user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, input, paging } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listUserPolicies = operation({
  name: "ListUserPolicies",
  isReadOnly: true,
  input: input({ UserName: required(existingUserName), ...paging }),

  async permit({ UserName }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:ListUserPolicies", user);
  },

  async run(input, permit, call) {
    const { inlinePolicies } = call.vault.principals.users;
    const page = await inlinePolicies.list(permit, pageRequest(input));
    return { PolicyNames: page.items.map(({ name }) => name), ...pageMembers(page) };
  },
});
