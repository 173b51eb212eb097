/**
 * Deletes an inline policy of a user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryOf } from "./boundary-conditions.ts";
import { existingUserName, input, policyName } from "./members.ts";

export const deleteUserPolicy = operation({
  name: "DeleteUserPolicy",
  isReadOnly: false,
  input: input({ UserName: required(existingUserName), PolicyName: required(policyName) }),

  async permit({ UserName }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:DeleteUserPolicy", user, boundaryOf(user));
  },

  async run({ PolicyName }, permit, call) {
    await call.vault.principals.users.inlinePolicies.delete(permit, PolicyName);
    return undefined;
  },
});
