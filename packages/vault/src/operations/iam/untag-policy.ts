/**
 * Takes tags from a managed policy.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn, tagKeys } from "./members.ts";
import { tagKeyConditions } from "./tags.ts";

export const untagPolicy = operation({
  name: "UntagPolicy",
  isReadOnly: false,
  input: input({ PolicyArn: required(policyArn), TagKeys: required(tagKeys) }),

  async permit({ PolicyArn, TagKeys }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:UntagPolicy", policy, tagKeyConditions(TagKeys));
  },

  async run({ TagKeys }, permit, call) {
    await call.vault.principals.policies.untag(permit, TagKeys);
    return undefined;
  },
});
