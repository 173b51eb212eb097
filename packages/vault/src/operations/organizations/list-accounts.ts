/**
 * Lists the accounts of the organization, the management account among them.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
import { operation } from "../operation.ts";
import { everything } from "./everything.ts";
import { input, paging } from "./members.ts";
import { accountOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listAccounts = operation({
  name: "ListAccounts",
  isReadOnly: true,
  input: input(paging),
  permit: (_input, call) => call.authorize("organizations:ListAccounts", everything(call)),

  async run(asked, permit, call) {
    const { accounts } = call.vault;
    const organization = await accounts.managed(permit);
    const page = await accounts.list(permit, await pageRequest(asked, "ListAccounts", call));
    return {
      Accounts: page.items.map((account) => accountOutput(account, organization)),
      ...(await pageMembers(page, "ListAccounts", call)),
    };
  },
});
