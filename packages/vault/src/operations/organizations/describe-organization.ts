/**
 * Tells the organization of the caller's account.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
 */
import { operation } from "../operation.ts";
import { everything } from "./everything.ts";
import { input } from "./members.ts";
import { organizationOutput } from "./outputs.ts";

export const describeOrganization = operation({
  name: "DescribeOrganization",
  isReadOnly: true,
  input: input({}),
  permit: (_input, call) => call.authorize("organizations:DescribeOrganization", everything(call)),
  async run(_input, permit, { vault }) {
    return { Organization: organizationOutput(await vault.accounts.organization(permit)) };
  },
});
