/**
 * Lists the tags of an instance profile, in the order of their keys.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, instanceProfileName, paging } from "./members.ts";
import { tagsOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listInstanceProfileTags = operation({
  name: "ListInstanceProfileTags",
  isReadOnly: true,
  input: input({ InstanceProfileName: required(instanceProfileName), ...paging }),

  async permit({ InstanceProfileName }, call) {
    const { instanceProfiles } = call.vault.principals;
    const profile = await instanceProfiles.locate(call.scope.accountId, InstanceProfileName);
    return call.authorize("iam:ListInstanceProfileTags", profile);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.instanceProfiles.tags.list(permit, pageRequest(input));
    return { Tags: tagsOutput(page.items), ...pageMembers(page) };
  },
});
