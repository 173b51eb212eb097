/**
 * Adds tags to a role, or gives new values to those it has.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, roleName, tags } from "./members.ts";
import { principalTags, requestTags } from "./tags.ts";

export const tagRole = operation({
  name: "TagRole",
  isReadOnly: false,
  input: input({ RoleName: required(roleName), Tags: required(tags) }),

  async permit({ RoleName, Tags }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:TagRole", role, requestTags(Tags));
  },

  async run({ Tags }, permit, call) {
    await call.vault.principals.roles.tags.add(permit, principalTags(Tags));
    return undefined;
  },
});
