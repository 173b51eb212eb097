/**
 * Tells about a user: the caller, where none is named.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
 */
import { operation } from "../operation.ts";
import { userNameOrCaller } from "./caller.ts";
import { existingUserName, input } from "./members.ts";
import { tagsIfAny, userOutput } from "./outputs.ts";

export const getUser = operation({
  name: "GetUser",
  isReadOnly: true,
  input: input({ UserName: existingUserName }),

  async permit({ UserName }, call) {
    // The account root has no user of its own to look up; it sees itself.
    if (UserName === undefined && call.principal.type === "Root") return undefined;
    const name = userNameOrCaller(UserName, call);
    const user = await call.vault.principals.users.locate(call.scope.accountId, name);
    return call.authorize("iam:GetUser", user);
  },

  async run(_input, permit, call) {
    if (permit === undefined) {
      const { principalId, arn } = call.principal;
      return { User: { UserId: principalId, Arn: arn } };
    }
    const user = await call.vault.principals.users.get(permit);
    return { User: { ...userOutput(user), ...tagsIfAny(user.tags) } };
  },
});
