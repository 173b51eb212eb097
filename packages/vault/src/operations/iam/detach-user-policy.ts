/**
 * Detaches a managed policy from a user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryOf } from "./boundary-conditions.ts";
import { input, policyArn, userName } from "./members.ts";

export const detachUserPolicy = operation({
  name: "DetachUserPolicy",
  isReadOnly: false,
  input: input({ UserName: required(userName), PolicyArn: required(policyArn) }),

  async permit({ UserName, PolicyArn }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:DetachUserPolicy", user, {
      ...boundaryOf(user),
      "iam:PolicyARN": PolicyArn,
    });
  },

  async run({ PolicyArn }, permit, call) {
    await call.vault.principals.users.attachments.detach(permit, PolicyArn);
    return undefined;
  },
});
