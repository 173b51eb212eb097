/**
 * Tells about the password of a user, who has none in this vault.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html
 */

import { noSuchEntity } from "../../principals/errors.ts";
import { operation } from "../operation.ts";
import { userNameOrCaller } from "./caller.ts";
import { input, userName } from "./members.ts";

export const getLoginProfile = operation({
  name: "GetLoginProfile",
  isReadOnly: true,
  input: input({ UserName: userName }),

  async permit({ UserName }, call) {
    const name = userNameOrCaller(UserName, call);
    const user = await call.vault.principals.users.locate(call.scope.accountId, name);
    return call.authorize("iam:GetLoginProfile", user);
  },

  async run(_input, permit, call) {
    const { name } = await call.vault.principals.users.existing(permit);
    throw noSuchEntity(`Login Profile for User ${name}`);
  },
});
