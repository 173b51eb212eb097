/**
 * Makes an access key Active or Inactive.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
 */
import { required, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { userNameOrCaller } from "./caller.ts";
import { accessKeyId, existingUserName, input } from "./members.ts";

export const updateAccessKey = operation({
  name: "UpdateAccessKey",
  isReadOnly: false,
  input: input({
    UserName: existingUserName,
    AccessKeyId: required(accessKeyId),
    Status: required(string({ enum: ["Active", "Inactive"] })),
  }),

  async permit({ UserName }, call) {
    const name = userNameOrCaller(UserName, call);
    const user = await call.vault.principals.users.locate(call.scope.accountId, name);
    return call.authorize("iam:UpdateAccessKey", user);
  },

  async run({ AccessKeyId, Status }, permit, call) {
    await call.vault.principals.users.accessKeys.updateStatus(permit, AccessKeyId, Status);
    return undefined;
  },
});
