/**
 * Lists the users below a path.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
 */
import { operation } from "../operation.ts";
import { input, paging, pathPrefix } from "./members.ts";
import { userOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listUsers = operation({
  name: "ListUsers",
  isReadOnly: true,
  input: input({ PathPrefix: pathPrefix, ...paging }),

  permit({ PathPrefix = "/" }, call) {
    const users = call.vault.principals.users.under(call.scope.accountId, PathPrefix);
    return call.authorize("iam:ListUsers", users);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.users.list(permit, pageRequest(input));
    return { Users: page.items.map(userOutput), ...pageMembers(page) };
  },
});
