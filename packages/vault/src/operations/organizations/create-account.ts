/**
 * Creates an account, with a role in it that the management account may assume.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
 */
import { refused, refusedList, required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { everything } from "./everything.ts";
import { accountName, email, input, roleName } from "./members.ts";
import { creationOutput } from "./outputs.ts";

const roleNameByDefault = "OrganizationAccountAccessRole";

export const createAccount = operation({
  name: "CreateAccount",
  isReadOnly: false,
  input: input({
    Email: required(email),
    AccountName: required(accountName),
    RoleName: roleName,
    IamUserAccessToBilling: refused("there is no billing to give access to."),
    Tags: refusedList("accounts have no tags."),
  }),
  permit: (_input, call) => call.authorize("organizations:CreateAccount", everything(call)),

  async run({ Email, AccountName, RoleName = roleNameByDefault }, permit, { vault, notes }) {
    const creation = await vault.accounts.createAccount(permit, {
      name: AccountName,
      email: Email,
      roleName: RoleName,
    });
    // As on AWS what became of it is told by DescribeCreateAccountStatus; here it has by now.
    const { Id, RequestedTimestamp } = creationOutput(creation);
    const status = { Id, State: "IN_PROGRESS", RequestedTimestamp };
    notes.responseElements = responseElements({ CreateAccountStatus: status });
    return { CreateAccountStatus: { ...status, AccountName } };
  },
});
