/**
 * Lists the managed policies of a group.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input, paging, policyPath } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listAttachedGroupPolicies = operation({
  name: "ListAttachedGroupPolicies",
  isReadOnly: true,
  input: input({ GroupName: required(groupName), PathPrefix: policyPath, ...paging }),

  async permit({ GroupName }, call) {
    const group = await call.vault.principals.groups.locate(call.scope.accountId, GroupName);
    return call.authorize("iam:ListAttachedGroupPolicies", group);
  },

  async run(input, permit, call) {
    const { PathPrefix = "/" } = input;
    const { attachments } = call.vault.principals.groups;
    const page = await attachments.list(permit, PathPrefix, pageRequest(input));
    const AttachedPolicies = page.items.map(({ name, arn }) => ({
      PolicyName: name,
      PolicyArn: arn,
    }));
    return { AttachedPolicies, ...pageMembers(page) };
  },
});
