/**
 * Makes a customer's managed policy, in its only version, v1.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
 */
import { required, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { input, policyDocument, policyName, policyPath, tags } from "./members.ts";
import { policyOutput, tagsIfAny } from "./outputs.ts";
import { authorizeTags, policyTags, requestTags } from "./tags.ts";

export const createPolicy = operation({
  name: "CreatePolicy",
  isReadOnly: false,
  input: input({
    PolicyName: required(policyName),
    Path: policyPath,
    PolicyDocument: required(policyDocument),
    Description: string({ max: 1000 }),
    Tags: tags,
  }),

  permit({ PolicyName, Path = "/", Tags }, call) {
    const policy = call.vault.principals.policies.planned(call.scope.accountId, Path, PolicyName);
    const permit = call.authorize("iam:CreatePolicy", policy, requestTags(Tags));
    authorizeTags(call, "iam:TagPolicy", policy, Tags);
    return permit;
  },

  async run({ PolicyDocument, Description, Tags }, permit, call) {
    const given = policyTags(Tags);
    const policy = await call.vault.principals.policies.create(permit, {
      description: Description,
      document: PolicyDocument,
      tags: given,
    });
    // Unlike all that tells of the policy later, this has the tags in the order of the request.
    const output = { Policy: { ...policyOutput(policy), ...tagsIfAny(given) } };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
