/**
 * Attaches a managed policy to a user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryOf } from "./boundary-conditions.ts";
import { input, policyArn, userName } from "./members.ts";

export const attachUserPolicy = operation({
  name: "AttachUserPolicy",
  isReadOnly: false,
  input: input({ UserName: required(userName), PolicyArn: required(policyArn) }),

  async permit({ UserName, PolicyArn }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    return call.authorize("iam:AttachUserPolicy", user, {
      ...boundaryOf(user),
      "iam:PolicyARN": PolicyArn,
    });
  },

  async run({ PolicyArn }, permit, call) {
    await call.vault.principals.users.attachments.attach(permit, PolicyArn);
    return undefined;
  },
});
