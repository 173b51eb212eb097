/**
 * Tells where in the organization an account is.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html
 */
import { childNotFound } from "../../principals/accounts/account-errors.ts";
import { required, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging } from "./members.ts";
import { pageRequest } from "./pages.ts";

export const listParents = operation({
  name: "ListParents",
  isReadOnly: true,
  input: input({
    ChildId: required(
      string({ max: 100, pattern: "(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})" }),
    ),
    ...paging,
  }),
  async permit({ ChildId }, call) {
    const account = await call.vault.accounts.locate(call.scope.accountId, ChildId);
    return call.authorize("organizations:ListParents", account);
  },
  async run({ ChildId, ...asked }, permit, call) {
    const { accounts } = call.vault;
    const { rootId } = await accounts.managed(permit);
    if (!(await accounts.isMember(permit, ChildId))) throw childNotFound();
    await pageRequest(asked, "ListParents", call);
    return { Parents: [{ Id: rootId, Type: "ROOT" }] };
  },
});
