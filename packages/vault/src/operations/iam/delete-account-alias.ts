/**
 * Takes the account's other name away.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { accountAlias, input } from "./members.ts";

export const deleteAccountAlias = operation({
  name: "DeleteAccountAlias",
  isReadOnly: false,
  input: input({ AccountAlias: required(accountAlias) }),
  permit: (_input, call) => call.authorize("iam:DeleteAccountAlias", account(call)),

  async run({ AccountAlias }, permit, call) {
    await call.vault.principals.accountAliases.delete(permit, AccountAlias);
    return undefined;
  },
});
