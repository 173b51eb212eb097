/**
 * Lists a user's access keys, or the account root's own, without their secrets.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
 */
import { operation } from "../operation.ts";
import { userOrRoot } from "./caller.ts";
import { existingUserName, input, paging } from "./members.ts";
import { accessKeyOutput } from "./outputs.ts";
import { emptyPage, pageMembers, pageRequest } from "./pages.ts";

export const listAccessKeys = operation({
  name: "ListAccessKeys",
  isReadOnly: true,
  input: input({ UserName: existingUserName, ...paging }),

  async permit({ UserName }, call) {
    const user = await userOrRoot(UserName, call);
    return user && call.authorize("iam:ListAccessKeys", user);
  },

  async run(input, permit, call) {
    if (permit === undefined) {
      const AccessKeyId = call.vault.principals.rootAccessKeyId;
      return { AccessKeyMetadata: [{ AccessKeyId, Status: "Active" }], ...emptyPage(input) };
    }
    const page = await call.vault.principals.users.accessKeys.list(permit, pageRequest(input));
    return { AccessKeyMetadata: page.items.map(accessKeyOutput), ...pageMembers(page) };
  },
});
