/**
 * Takes tags from a role.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, roleName, tagKeys } from "./members.ts";
import { tagKeyConditions } from "./tags.ts";

export const untagRole = operation({
  name: "UntagRole",
  isReadOnly: false,
  input: input({ RoleName: required(roleName), TagKeys: required(tagKeys) }),

  async permit({ RoleName, TagKeys }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:UntagRole", role, tagKeyConditions(TagKeys));
  },

  async run({ TagKeys }, permit, call) {
    await call.vault.principals.roles.tags.remove(permit, TagKeys);
    return undefined;
  },
});
