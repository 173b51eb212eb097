/**
 * Lists the tags of a role, in the order of their keys.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, roleName } from "./members.ts";
import { tagsOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listRoleTags = operation({
  name: "ListRoleTags",
  isReadOnly: true,
  input: input({ RoleName: required(roleName), ...paging }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:ListRoleTags", role);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.roles.tags.list(permit, pageRequest(input));
    return { Tags: tagsOutput(page.items), ...pageMembers(page) };
  },
});
