/**
 * Deletes an instance profile that has no role in it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, instanceProfileName } from "./members.ts";

export const deleteInstanceProfile = operation({
  name: "DeleteInstanceProfile",
  isReadOnly: false,
  input: input({ InstanceProfileName: required(instanceProfileName) }),

  async permit({ InstanceProfileName }, call) {
    const { instanceProfiles } = call.vault.principals;
    const profile = await instanceProfiles.locate(call.scope.accountId, InstanceProfileName);
    return call.authorize("iam:DeleteInstanceProfile", profile);
  },

  async run(_input, permit, call) {
    await call.vault.principals.instanceProfiles.delete(permit);
    return undefined;
  },
});
