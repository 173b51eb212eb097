/**
 * Lists the tags of a managed policy, shorter keys first.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, policyArn } from "./members.ts";
import { tagsOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listPolicyTags = operation({
  name: "ListPolicyTags",
  isReadOnly: true,
  input: input({ PolicyArn: required(policyArn), ...paging }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:ListPolicyTags", policy);
  },

  run(input, permit, call) {
    const page = call.vault.principals.policies.listTags(permit, pageRequest(input));
    return { Tags: tagsOutput(page.items), ...pageMembers(page) };
  },
});
