/**
 * Lists the service-specific credentials of a user, who has none in this vault.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
 */
import { refused, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { userOrRoot } from "./caller.ts";
import { input, paging, userName } from "./members.ts";
import { emptyPage } from "./pages.ts";

export const listServiceSpecificCredentials = operation({
  name: "ListServiceSpecificCredentials",
  isReadOnly: true,
  input: input({
    UserName: userName,
    ServiceName: string(),
    AllUsers: refused("ask for each user; none has service-specific credentials here."),
    ...paging,
  }),

  async permit({ UserName }, call) {
    const user = await userOrRoot(UserName, call);
    return user && call.authorize("iam:ListServiceSpecificCredentials", user);
  },

  async run(input, permit, call) {
    if (permit !== undefined) await call.vault.principals.users.existing(permit);
    return { ServiceSpecificCredentials: [], ...emptyPage(input) };
  },
});
