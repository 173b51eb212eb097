/**
 * Lists the organization's root: there is one, and all accounts are directly below it.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListRoots.html
 */
import { operation } from "../operation.ts";
import { everything } from "./everything.ts";
import { input, paging } from "./members.ts";
import { rootOutput } from "./outputs.ts";
import { pageRequest } from "./pages.ts";

export const listRoots = operation({
  name: "ListRoots",
  isReadOnly: true,
  input: input(paging),
  permit: (_input, call) => call.authorize("organizations:ListRoots", everything(call)),
  async run(asked, permit, call) {
    const organization = await call.vault.accounts.managed(permit);
    // One page has it all, so no token was ever given: one that comes is refused.
    await pageRequest(asked, "ListRoots", call);
    return { Roots: [rootOutput(organization)] };
  },
});
