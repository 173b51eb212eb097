/**
 * Lists the instance profiles below a path.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
 */
import { operation } from "../operation.ts";
import { input, paging, pathPrefix } from "./members.ts";
import { instanceProfileOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listInstanceProfiles = operation({
  name: "ListInstanceProfiles",
  isReadOnly: true,
  input: input({ PathPrefix: pathPrefix, ...paging }),

  permit({ PathPrefix = "/" }, call) {
    const { instanceProfiles } = call.vault.principals;
    const profiles = instanceProfiles.under(call.scope.accountId, PathPrefix);
    return call.authorize("iam:ListInstanceProfiles", profiles);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.instanceProfiles.list(permit, pageRequest(input));
    return { InstanceProfiles: page.items.map(instanceProfileOutput), ...pageMembers(page) };
  },
});
