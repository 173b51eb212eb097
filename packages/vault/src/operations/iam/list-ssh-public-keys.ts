/**
 * Lists the SSH public keys of a user, who has none in this vault.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html
 */
import { operation } from "../operation.ts";
import { userOrRoot } from "./caller.ts";
import { input, paging, userName } from "./members.ts";
import { emptyPage } from "./pages.ts";

export const listSSHPublicKeys = operation({
  name: "ListSSHPublicKeys",
  isReadOnly: true,
  input: input({ UserName: userName, ...paging }),

  async permit({ UserName }, call) {
    const user = await userOrRoot(UserName, call);
    return user && call.authorize("iam:ListSSHPublicKeys", user);
  },

  async run(input, permit, call) {
    if (permit !== undefined) await call.vault.principals.users.existing(permit);
    return { SSHPublicKeys: [], ...emptyPage(input) };
  },
});
