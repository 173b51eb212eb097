/**
 * Lists the context keys that the policies of a user, group or role ask about.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html
 */
import { existingHolder } from "../../principals/policies/policy-holders.ts";
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn } from "./members.ts";
import { keysAskedBy, policyInputs } from "./simulation-input.ts";

export const getContextKeysForPrincipalPolicy = operation({
  name: "GetContextKeysForPrincipalPolicy",
  isReadOnly: true,
  input: input({ PolicySourceArn: required(policyArn), PolicyInputList: policyInputs }),

  async permit({ PolicySourceArn }, call) {
    const holder = await call.vault.principals.policyHolders.locate(PolicySourceArn);
    return call.authorize("iam:GetContextKeysForPrincipalPolicy", holder);
  },

  async run({ PolicyInputList = [] }, permit, call) {
    const { policyHolders } = call.vault.principals;
    const held = await policyHolders.policiesOf(existingHolder(permit.resource));
    const documents = [...held.map(({ document }) => document), ...PolicyInputList];
    return { ContextKeyNames: keysAskedBy(documents) };
  },
});
