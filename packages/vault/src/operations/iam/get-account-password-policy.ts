/**
 * Users have no passwords here, so no account has rules for them.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html
 */
import { noSuchEntity } from "../../principals/errors.ts";
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { input } from "./members.ts";

export const getAccountPasswordPolicy = operation({
  name: "GetAccountPasswordPolicy",
  isReadOnly: true,
  input: input({}),
  permit: (_input, call) => call.authorize("iam:GetAccountPasswordPolicy", account(call)),

  run(_input, permit) {
    throw noSuchEntity(`The Password Policy with domain name ${permit.resource.accountId}`);
  },
});
