/**
 * Lists the names of the inline policies of a group.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input, paging } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listGroupPolicies = operation({
  name: "ListGroupPolicies",
  isReadOnly: true,
  input: input({ GroupName: required(groupName), ...paging }),

  async permit({ GroupName }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:ListGroupPolicies", group);
  },

  async run(input, permit, call) {
    const { inlinePolicies } = call.vault.principals.groups;
    const page = await inlinePolicies.list(permit, pageRequest(input));
    return { PolicyNames: page.items.map(({ name }) => name), ...pageMembers(page) };
  },
});
