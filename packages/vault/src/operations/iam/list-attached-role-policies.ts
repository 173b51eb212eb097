/**
 * Lists the managed policies of a role.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, policyPath, roleName } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listAttachedRolePolicies = operation({
  name: "ListAttachedRolePolicies",
  isReadOnly: true,
  input: input({ RoleName: required(roleName), PathPrefix: policyPath, ...paging }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:ListAttachedRolePolicies", role);
  },

  async run(input, permit, call) {
    const { PathPrefix = "/" } = input;
    const { attachments } = call.vault.principals.roles;
    const page = await attachments.list(permit, PathPrefix, pageRequest(input));
    const AttachedPolicies = page.items.map(({ name, arn }) => ({
      PolicyName: name,
      PolicyArn: arn,
    }));
    return { AttachedPolicies, ...pageMembers(page) };
  },
});
