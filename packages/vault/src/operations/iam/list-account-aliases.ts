/**
 * Lists the account's other name: there is one at most, so nothing is ever left for a second page.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html
 */
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { input, paging } from "./members.ts";
import { pageRequest } from "./pages.ts";

export const listAccountAliases = operation({
  name: "ListAccountAliases",
  isReadOnly: true,
  input: input({ ...paging }),
  permit: (_input, call) => call.authorize("iam:ListAccountAliases", account(call)),

  async run(input, permit, call) {
    const isPastEnd = pageRequest(input).after !== undefined;
    const aliases = await call.vault.principals.accountAliases.list(permit);
    return { AccountAliases: isPastEnd ? [] : aliases, IsTruncated: false };
  },
});
