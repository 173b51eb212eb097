/**
 * Lists the names of the inline policies of a role.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, roleName } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listRolePolicies = operation({
  name: "ListRolePolicies",
  isReadOnly: true,
  input: input({ RoleName: required(roleName), ...paging }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:ListRolePolicies", role);
  },

  async run(input, permit, call) {
    const { inlinePolicies } = call.vault.principals.roles;
    const page = await inlinePolicies.list(permit, pageRequest(input));
    return { PolicyNames: page.items.map(({ name }) => name), ...pageMembers(page) };
  },
});
