/**
 * Takes tags from an instance profile.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, instanceProfileName, tagKeys } from "./members.ts";
import { tagKeyConditions } from "./tags.ts";

export const untagInstanceProfile = operation({
  name: "UntagInstanceProfile",
  isReadOnly: false,
  input: input({ InstanceProfileName: required(instanceProfileName), TagKeys: required(tagKeys) }),

  async permit({ InstanceProfileName, TagKeys }, call) {
    const { instanceProfiles } = call.vault.principals;
    const profile = await instanceProfiles.locate(call.scope.accountId, InstanceProfileName);
    return call.authorize("iam:UntagInstanceProfile", profile, tagKeyConditions(TagKeys));
  },

  async run({ TagKeys }, permit, call) {
    await call.vault.principals.instanceProfiles.tags.remove(permit, TagKeys);
    return undefined;
  },
});
