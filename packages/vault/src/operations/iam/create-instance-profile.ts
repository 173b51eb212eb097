/**
 * Makes an instance profile, which has no role yet.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { input, instanceProfileName, path, tags } from "./members.ts";
import { instanceProfileOutput, tagsIfAny } from "./outputs.ts";
import { authorizeTags, policyTags, requestTags } from "./tags.ts";

export const createInstanceProfile = operation({
  name: "CreateInstanceProfile",
  isReadOnly: false,
  input: input({ InstanceProfileName: required(instanceProfileName), Path: path, Tags: tags }),

  permit({ InstanceProfileName, Path = "/", Tags }, call) {
    const { instanceProfiles } = call.vault.principals;
    const profile = instanceProfiles.planned(call.scope.accountId, Path, InstanceProfileName);
    const permit = call.authorize("iam:CreateInstanceProfile", profile, requestTags(Tags));
    authorizeTags(call, "iam:TagInstanceProfile", profile, Tags);
    return permit;
  },

  async run({ Tags }, permit, call) {
    const { instanceProfiles } = call.vault.principals;
    const profile = await instanceProfiles.create(permit, policyTags(Tags));
    const shown = instanceProfileOutput({ profile, role: undefined });
    const output = { InstanceProfile: { ...shown, ...tagsIfAny(profile.tags) } };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
