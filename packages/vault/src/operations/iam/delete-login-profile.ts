/**
 * Deletes the password of a user, who has none in this vault.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html
 */

import { noSuchEntity } from "../../principals/errors.ts";
import { operation } from "../operation.ts";
import { userNameOrCaller } from "./caller.ts";
import { input, userName } from "./members.ts";

export const deleteLoginProfile = operation({
  name: "DeleteLoginProfile",
  isReadOnly: false,
  input: input({ UserName: userName }),

  async permit({ UserName }, call) {
    const name = userNameOrCaller(UserName, call);
    const user = await call.vault.principals.users.locate(call.scope.accountId, name);
    return call.authorize("iam:DeleteLoginProfile", user);
  },

  async run(_input, permit, call) {
    const { name } = await call.vault.principals.users.existing(permit);
    throw noSuchEntity(`Login Profile for User ${name}`);
  },
});
