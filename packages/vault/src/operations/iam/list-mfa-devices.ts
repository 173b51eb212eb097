/**
 * Lists the MFA devices of a user, who has none in this vault.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html
 */
import { operation } from "../operation.ts";
import { userOrRoot } from "./caller.ts";
import { existingUserName, input, paging } from "./members.ts";
import { emptyPage } from "./pages.ts";

export const listMFADevices = operation({
  name: "ListMFADevices",
  isReadOnly: true,
  input: input({ UserName: existingUserName, ...paging }),

  async permit({ UserName }, call) {
    const user = await userOrRoot(UserName, call);
    return user && call.authorize("iam:ListMFADevices", user);
  },

  async run(input, permit, call) {
    if (permit !== undefined) await call.vault.principals.users.existing(permit);
    return { MFADevices: [], ...emptyPage(input) };
  },
});
