/**
 * Takes the role out of an instance profile.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, instanceProfileName, roleName } from "./members.ts";

export const removeRoleFromInstanceProfile = operation({
  name: "RemoveRoleFromInstanceProfile",
  isReadOnly: false,
  input: input({
    InstanceProfileName: required(instanceProfileName),
    RoleName: required(roleName),
  }),

  async permit({ InstanceProfileName }, call) {
    const { instanceProfiles } = call.vault.principals;
    const profile = await instanceProfiles.locate(call.scope.accountId, InstanceProfileName);
    return call.authorize("iam:RemoveRoleFromInstanceProfile", profile);
  },

  async run({ RoleName }, permit, call) {
    await call.vault.principals.instanceProfiles.removeRole(permit, RoleName);
    return undefined;
  },
});
