/**
 * Gives one version of a managed policy with its document.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn, policyVersionId } from "./members.ts";
import { encodedDocument, policyVersionOutput } from "./outputs.ts";

export const getPolicyVersion = operation({
  name: "GetPolicyVersion",
  isReadOnly: true,
  input: input({ PolicyArn: required(policyArn), VersionId: required(policyVersionId) }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:GetPolicyVersion", policy);
  },

  run({ VersionId }, permit, call) {
    const version = call.vault.principals.policies.versions.get(permit, VersionId);
    const Document = encodedDocument(version.document);
    return { PolicyVersion: { Document, ...policyVersionOutput(version) } };
  },
});
