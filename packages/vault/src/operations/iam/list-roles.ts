/**
 * Lists the roles below a path.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
 */
import { operation } from "../operation.ts";
import { input, paging, pathPrefix } from "./members.ts";
import { roleOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listRoles = operation({
  name: "ListRoles",
  isReadOnly: true,
  input: input({ PathPrefix: pathPrefix, ...paging }),

  permit({ PathPrefix = "/" }, call) {
    const roles = call.vault.principals.roles.under(call.scope.accountId, PathPrefix);
    return call.authorize("iam:ListRoles", roles);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.roles.list(permit, pageRequest(input));
    return {
      Roles: page.items.map((role) => ({
        ...roleOutput(role),
        Description: role.description,
        MaxSessionDuration: role.maxSessionDurationSeconds,
      })),
      ...pageMembers(page),
    };
  },
});
