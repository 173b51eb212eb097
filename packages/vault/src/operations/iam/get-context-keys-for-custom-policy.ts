/**
 * Lists the context keys that policies ask about: what a simulation must be told.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { input } from "./members.ts";
import { keysAskedBy, policyInputs } from "./simulation-input.ts";

export const getContextKeysForCustomPolicy = operation({
  name: "GetContextKeysForCustomPolicy",
  isReadOnly: true,
  input: input({ PolicyInputList: required(policyInputs) }),
  permit: (_input, call) => call.authorize("iam:GetContextKeysForCustomPolicy", account(call)),
  run: ({ PolicyInputList }) => ({ ContextKeyNames: keysAskedBy(PolicyInputList) }),
});
