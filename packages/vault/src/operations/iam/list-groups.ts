/**
 * Lists the groups below a path.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html
 */
import { operation } from "../operation.ts";
import { input, paging, pathPrefix } from "./members.ts";
import { groupOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listGroups = operation({
  name: "ListGroups",
  isReadOnly: true,
  input: input({ PathPrefix: pathPrefix, ...paging }),

  permit({ PathPrefix = "/" }, call) {
    const groups = call.vault.principals.groups.under(call.scope.accountId, PathPrefix);
    return call.authorize("iam:ListGroups", groups);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.groups.list(permit, pageRequest(input));
    return { Groups: page.items.map(groupOutput), ...pageMembers(page) };
  },
});
