/**
 * Takes the permissions boundary from a user: all that its policies allow is allowed then.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryOf } from "./boundary-conditions.ts";
import { input, userName } from "./members.ts";

export const deleteUserPermissionsBoundary = operation({
  name: "DeleteUserPermissionsBoundary",
  isReadOnly: false,
  input: input({ UserName: required(userName) }),

  async permit({ UserName }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:DeleteUserPermissionsBoundary", user, boundaryOf(user));
  },

  async run(_input, permit, call) {
    await call.vault.principals.users.boundaries.delete(permit);
    return undefined;
  },
});
