/**
 * Tells about one account of the organization.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeAccount.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { accountId, input } from "./members.ts";
import { accountOutput } from "./outputs.ts";

export const describeAccount = operation({
  name: "DescribeAccount",
  isReadOnly: true,
  input: input({ AccountId: required(accountId) }),
  async permit({ AccountId }, call) {
    const account = await call.vault.accounts.locate(call.scope.accountId, AccountId);
    return call.authorize("organizations:DescribeAccount", account);
  },
  async run(_input, permit, { vault }) {
    const account = await vault.accounts.account(permit);
    return { Account: accountOutput(account, await vault.accounts.managed(permit)) };
  },
});
