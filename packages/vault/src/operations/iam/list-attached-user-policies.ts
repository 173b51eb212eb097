/**
 * Lists the managed policies of a user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, policyPath, userName } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listAttachedUserPolicies = operation({
  name: "ListAttachedUserPolicies",
  isReadOnly: true,
  input: input({ UserName: required(userName), PathPrefix: policyPath, ...paging }),

  async permit({ UserName }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:ListAttachedUserPolicies", user);
  },

  async run(input, permit, call) {
    const { PathPrefix = "/" } = input;
    const { attachments } = call.vault.principals.users;
    const page = await attachments.list(permit, PathPrefix, pageRequest(input));
    const AttachedPolicies = page.items.map(({ name, arn }) => ({
      PolicyName: name,
      PolicyArn: arn,
    }));
    return { AttachedPolicies, ...pageMembers(page) };
  },
});
