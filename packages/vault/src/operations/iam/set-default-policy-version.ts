/**
 * Lets another version of a managed policy count.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn, policyVersionId } from "./members.ts";

export const setDefaultPolicyVersion = operation({
  name: "SetDefaultPolicyVersion",
  isReadOnly: false,
  input: input({ PolicyArn: required(policyArn), VersionId: required(policyVersionId) }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:SetDefaultPolicyVersion", policy);
  },

  async run({ VersionId }, permit, call) {
    await call.vault.principals.policies.versions.setDefault(permit, VersionId);
    return undefined;
  },
});
