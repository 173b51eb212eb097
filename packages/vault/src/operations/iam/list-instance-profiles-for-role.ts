/**
 * Lists the instance profiles that a role is in.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, roleName } from "./members.ts";
import { instanceProfileOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listInstanceProfilesForRole = operation({
  name: "ListInstanceProfilesForRole",
  isReadOnly: true,
  input: input({ RoleName: required(roleName), ...paging }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:ListInstanceProfilesForRole", role);
  },

  async run(input, permit, call) {
    const { instanceProfiles } = call.vault.principals;
    const page = await instanceProfiles.listForRole(permit, pageRequest(input));
    return { InstanceProfiles: page.items.map(instanceProfileOutput), ...pageMembers(page) };
  },
});
