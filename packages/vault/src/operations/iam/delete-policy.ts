/**
 * Deletes a managed policy that is attached nowhere.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, policyArn } from "./members.ts";

export const deletePolicy = operation({
  name: "DeletePolicy",
  isReadOnly: false,
  input: input({ PolicyArn: required(policyArn) }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:DeletePolicy", policy);
  },

  async run(_input, permit, call) {
    await call.vault.principals.policies.delete(permit);
    return undefined;
  },
});
