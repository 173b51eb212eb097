/**
 * Lists the signing certificates of a user, who has none in this vault.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html
 */
import { operation } from "../operation.ts";
import { userOrRoot } from "./caller.ts";
import { existingUserName, input, paging } from "./members.ts";
import { emptyPage } from "./pages.ts";

export const listSigningCertificates = operation({
  name: "ListSigningCertificates",
  isReadOnly: true,
  input: input({ UserName: existingUserName, ...paging }),

  async permit({ UserName }, call) {
    const user = await userOrRoot(UserName, call);
    return user && call.authorize("iam:ListSigningCertificates", user);
  },

  async run(input, permit, call) {
    if (permit !== undefined) await call.vault.principals.users.existing(permit);
    return { Certificates: [], ...emptyPage(input) };
  },
});
