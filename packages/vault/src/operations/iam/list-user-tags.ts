/**
 * Lists the tags of a user, in the order of their keys.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, input, paging } from "./members.ts";
import { tagsOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listUserTags = operation({
  name: "ListUserTags",
  isReadOnly: true,
  input: input({ UserName: required(existingUserName), ...paging }),

  async permit({ UserName }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:ListUserTags", user);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.users.tags.list(permit, pageRequest(input));
    return { Tags: tagsOutput(page.items), ...pageMembers(page) };
  },
});
