/**
 * Gives the account another name, in place of the one it had.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { accountAlias, input } from "./members.ts";

export const createAccountAlias = operation({
  name: "CreateAccountAlias",
  isReadOnly: false,
  input: input({ AccountAlias: required(accountAlias) }),
  permit: (_input, call) => call.authorize("iam:CreateAccountAlias", account(call)),

  async run({ AccountAlias }, permit, call) {
    await call.vault.principals.accountAliases.create(permit, AccountAlias);
    return undefined;
  },
});
