/**
 * Tells about a user: the caller, where none is named.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
 */
import { operation } from "../operation.ts";
import { userOrRoot } from "./caller.ts";
import { existingUserName, input } from "./members.ts";
import { boundaryIfAny, tagsIfAny, userOutput } from "./outputs.ts";

export const getUser = operation({
  name: "GetUser",
  isReadOnly: true,
  input: input({ UserName: existingUserName }),

  async permit({ UserName }, call) {
    const user = await userOrRoot(UserName, call);
    return user && call.authorize("iam:GetUser", user);
  },

  async run(_input, permit, call) {
    if (permit === undefined) {
      const { principalId, arn } = call.principal;
      const createdAt = await call.vault.accounts.createdAt(call.scope.accountId);
      const CreateDate = createdAt === undefined ? undefined : new Date(createdAt);
      return { User: { UserId: principalId, Arn: arn, CreateDate } };
    }
    const user = await call.vault.principals.users.get(permit);
    return { User: { ...userOutput(user), ...boundaryIfAny(user), ...tagsIfAny(user.tags) } };
  },
});
