/**
 * Tells about an instance profile and the role in it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, instanceProfileName } from "./members.ts";
import { instanceProfileOutput, tagsOutput } from "./outputs.ts";

export const getInstanceProfile = operation({
  name: "GetInstanceProfile",
  isReadOnly: true,
  input: input({ InstanceProfileName: required(instanceProfileName) }),

  async permit({ InstanceProfileName }, call) {
    const { instanceProfiles } = call.vault.principals;
    const profile = await instanceProfiles.locate(call.scope.accountId, InstanceProfileName);
    return call.authorize("iam:GetInstanceProfile", profile);
  },

  async run(_input, permit, call) {
    const shown = await call.vault.principals.instanceProfiles.get(permit);
    const Tags = tagsOutput(shown.profile.tags);
    return { InstanceProfile: { ...instanceProfileOutput(shown), Tags } };
  },
});
