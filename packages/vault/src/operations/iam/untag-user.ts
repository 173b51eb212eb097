/**
 * Takes tags from a user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, input, tagKeys } from "./members.ts";
import { tagKeyConditions } from "./tags.ts";

export const untagUser = operation({
  name: "UntagUser",
  isReadOnly: false,
  input: input({ UserName: required(existingUserName), TagKeys: required(tagKeys) }),

  async permit({ UserName, TagKeys }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:UntagUser", user, tagKeyConditions(TagKeys));
  },

  async run({ TagKeys }, permit, call) {
    await call.vault.principals.users.tags.remove(permit, TagKeys);
    return undefined;
  },
});
