/**
 * Gives a managed policy one more version, up to five, and lets it count if so asked.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html
 */
import { boolean, required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { input, policyArn, policyDocument } from "./members.ts";
import { policyVersionOutput } from "./outputs.ts";

export const createPolicyVersion = operation({
  name: "CreatePolicyVersion",
  isReadOnly: false,
  input: input({
    PolicyArn: required(policyArn),
    PolicyDocument: required(policyDocument),
    SetAsDefault: boolean(),
  }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:CreatePolicyVersion", policy);
  },

  async run({ PolicyDocument, SetAsDefault = false }, permit, call) {
    const { versions } = call.vault.principals.policies;
    const version = await versions.create(permit, PolicyDocument, SetAsDefault);
    const output = { PolicyVersion: policyVersionOutput(version) };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
