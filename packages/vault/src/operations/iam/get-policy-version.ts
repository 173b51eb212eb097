/**
 * Gives a managed policy's document.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
 */
import { required, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn } from "./members.ts";
import { encodedDocument } from "./outputs.ts";

export const getPolicyVersion = operation({
  name: "GetPolicyVersion",
  isReadOnly: true,
  input: input({
    PolicyArn: required(policyArn),
    VersionId: required(string({ pattern: "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?" })),
  }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:GetPolicyVersion", policy);
  },

  async run({ VersionId }, permit, call) {
    const policy = await call.vault.principals.policies.getVersion(permit, VersionId);
    return {
      PolicyVersion: {
        Document: encodedDocument(policy.document),
        VersionId,
        IsDefaultVersion: true,
        CreateDate: new Date(policy.updatedAt),
      },
    };
  },
});
