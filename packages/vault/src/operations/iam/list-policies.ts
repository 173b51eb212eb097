/**
 * Lists managed policies: the customer's own, then AWS's.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
 */
import { boolean, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, policyPath, policyUsageFilter } from "./members.ts";
import { policyOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listPolicies = operation({
  name: "ListPolicies",
  isReadOnly: true,
  input: input({
    Scope: string({ enum: ["All", "AWS", "Local"] }),
    OnlyAttached: boolean(),
    PathPrefix: policyPath,
    PolicyUsageFilter: policyUsageFilter,
    ...paging,
  }),

  permit({ PathPrefix = "/" }, call) {
    const policies = call.vault.principals.policies.under(call.scope.accountId, PathPrefix);
    return call.authorize("iam:ListPolicies", policies);
  },

  async run(input, permit, call) {
    const { Scope = "All", OnlyAttached = false, PolicyUsageFilter } = input;
    const filter = { scope: Scope, isAttachedOnly: OnlyAttached, usage: PolicyUsageFilter };
    const page = await call.vault.principals.policies.list(permit, filter, pageRequest(input));
    return { Policies: page.items.map(policyOutput), ...pageMembers(page) };
  },
});
