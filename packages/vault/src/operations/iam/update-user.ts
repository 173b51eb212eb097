/**
 * Gives a user another name or path; its access keys, groups and policies stay.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, input, path, userName } from "./members.ts";

export const updateUser = operation({
  name: "UpdateUser",
  isReadOnly: false,
  input: input({ UserName: required(existingUserName), NewPath: path, NewUserName: userName }),

  /** It takes the permission on the user as it is and on the user that it becomes. */
  async permit({ UserName, NewPath, NewUserName }, call) {
    const { users } = call.vault.principals;
    const user = await users.locate(call.scope.accountId, UserName);
    const renamed = users.renamed(user, { name: NewUserName, path: NewPath });
    return {
      from: call.authorize("iam:UpdateUser", user),
      to: call.authorize("iam:UpdateUser", renamed),
    };
  },

  async run(_input, { from, to }, call) {
    await call.vault.principals.users.rename(from, to);
    return undefined;
  },
});
