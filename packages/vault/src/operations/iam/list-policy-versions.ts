/**
 * Lists a managed policy's versions without their documents, the newest first.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, policyArn } from "./members.ts";
import { policyVersionOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listPolicyVersions = operation({
  name: "ListPolicyVersions",
  isReadOnly: true,
  input: input({ PolicyArn: required(policyArn), ...paging }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:ListPolicyVersions", policy);
  },

  run(input, permit, call) {
    const page = call.vault.principals.policies.versions.list(permit, pageRequest(input));
    return { Versions: page.items.map(policyVersionOutput), ...pageMembers(page) };
  },
});
