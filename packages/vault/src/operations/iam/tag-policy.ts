/**
 * Adds tags to a managed policy, or gives new values to those it has.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn, tags } from "./members.ts";
import { policyTags, requestTags } from "./tags.ts";

export const tagPolicy = operation({
  name: "TagPolicy",
  isReadOnly: false,
  input: input({ PolicyArn: required(policyArn), Tags: required(tags) }),

  async permit({ PolicyArn, Tags }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:TagPolicy", policy, requestTags(Tags));
  },

  async run({ Tags }, permit, call) {
    await call.vault.principals.policies.tag(permit, policyTags(Tags));
    return undefined;
  },
});
