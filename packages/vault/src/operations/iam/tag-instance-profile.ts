/**
 * Adds tags to an instance profile, or gives new values to those it has.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, instanceProfileName, tags } from "./members.ts";
import { policyTags, requestTags } from "./tags.ts";

export const tagInstanceProfile = operation({
  name: "TagInstanceProfile",
  isReadOnly: false,
  input: input({ InstanceProfileName: required(instanceProfileName), Tags: required(tags) }),

  async permit({ InstanceProfileName, Tags }, call) {
    const { instanceProfiles } = call.vault.principals;
    const profile = await instanceProfiles.locate(call.scope.accountId, InstanceProfileName);
    return call.authorize("iam:TagInstanceProfile", profile, requestTags(Tags));
  },

  async run({ Tags }, permit, call) {
    await call.vault.principals.instanceProfiles.tags.add(permit, policyTags(Tags));
    return undefined;
  },
});
