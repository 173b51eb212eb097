/**
 * Tells about a managed policy, all but its document.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn } from "./members.ts";
import { policyOutput, tagsOutput } from "./outputs.ts";

export const getPolicy = operation({
  name: "GetPolicy",
  isReadOnly: true,
  input: input({ PolicyArn: required(policyArn) }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:GetPolicy", policy);
  },

  async run(_input, permit, call) {
    const policy = await call.vault.principals.policies.get(permit);
    const { description, tags } = policy;
    return {
      Policy: { ...policyOutput(policy), Description: description, Tags: tagsOutput(tags) },
    };
  },
});
