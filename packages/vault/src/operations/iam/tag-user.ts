/**
 * Adds tags to a user, or gives new values to those it has.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { existingUserName, input, tags } from "./members.ts";
import { principalTags, requestTags } from "./tags.ts";

export const tagUser = operation({
  name: "TagUser",
  isReadOnly: false,
  input: input({ UserName: required(existingUserName), Tags: required(tags) }),

  async permit({ UserName, Tags }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:TagUser", user, requestTags(Tags));
  },

  async run({ Tags }, permit, call) {
    await call.vault.principals.users.tags.add(permit, principalTags(Tags));
    return undefined;
  },
});
