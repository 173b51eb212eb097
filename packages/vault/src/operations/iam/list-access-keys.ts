/**
 * Lists a user's access keys, without their secrets.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
 */
import { operation } from "../operation.ts";
import { userNameOrCaller } from "./caller.ts";
import { existingUserName, input, paging } from "./members.ts";
import { accessKeyOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listAccessKeys = operation({
  name: "ListAccessKeys",
  isReadOnly: true,
  input: input({ UserName: existingUserName, ...paging }),

  async permit({ UserName }, call) {
    const name = userNameOrCaller(UserName, call);
    const user = await call.vault.principals.users.locate(call.scope.accountId, name);
    return call.authorize("iam:ListAccessKeys", user);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.users.accessKeys.list(permit, pageRequest(input));
    return { AccessKeyMetadata: page.items.map(accessKeyOutput), ...pageMembers(page) };
  },
});
