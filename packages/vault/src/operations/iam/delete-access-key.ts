/**
 * Deletes an access key; the next request that it signs is refused.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { userNameOrCaller } from "./caller.ts";
import { accessKeyId, existingUserName, input } from "./members.ts";

export const deleteAccessKey = operation({
  name: "DeleteAccessKey",
  isReadOnly: false,
  input: input({ UserName: existingUserName, AccessKeyId: required(accessKeyId) }),

  async permit({ UserName }, call) {
    const name = userNameOrCaller(UserName, call);
    const user = await call.vault.principals.users.locate(call.scope.accountId, name);
    return call.authorize("iam:DeleteAccessKey", user);
  },

  async run({ AccessKeyId }, permit, call) {
    await call.vault.principals.users.accessKeys.delete(permit, AccessKeyId);
    return undefined;
  },
});
