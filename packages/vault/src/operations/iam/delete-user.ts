/**
 * Deletes a user who has no policies and access keys left.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, input } from "./members.ts";

export const deleteUser = operation({
  name: "DeleteUser",
  isReadOnly: false,
  input: input({ UserName: required(existingUserName) }),

  async permit({ UserName }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:DeleteUser", user);
  },

  async run(_input, permit, call) {
    await call.vault.principals.users.delete(permit);
    return undefined;
  },
});
