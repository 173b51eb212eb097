/**
 * Makes an access key for a user; its secret is told this once.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
 */
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { userNameOrCaller } from "./caller.ts";
import { existingUserName, input } from "./members.ts";
import { accessKeyOutput } from "./outputs.ts";

export const createAccessKey = operation({
  name: "CreateAccessKey",
  isReadOnly: false,
  input: input({ UserName: existingUserName }),

  async permit({ UserName }, call) {
    const name = userNameOrCaller(UserName, call);
    const user = await call.vault.principals.users.locate(call.scope.accountId, name);
    return call.authorize("iam:CreateAccessKey", user);
  },

  async run(_input, permit, call) {
    const made = await call.vault.principals.users.accessKeys.create(permit);
    const AccessKey = accessKeyOutput(made.accessKey);
    call.notes.responseElements = responseElements({ AccessKey });
    return { AccessKey: { ...AccessKey, SecretAccessKey: made.secretAccessKey } };
  },
});
