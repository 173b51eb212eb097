/**
 * Takes a version that doesn't count from a managed policy.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn, policyVersionId } from "./members.ts";

export const deletePolicyVersion = operation({
  name: "DeletePolicyVersion",
  isReadOnly: false,
  input: input({ PolicyArn: required(policyArn), VersionId: required(policyVersionId) }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:DeletePolicyVersion", policy);
  },

  async run({ VersionId }, permit, call) {
    await call.vault.principals.policies.versions.delete(permit, VersionId);
    return undefined;
  },
});
