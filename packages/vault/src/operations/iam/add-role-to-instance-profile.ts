/**
 * Puts a role in an instance profile, which takes the permission to pass the role to EC2.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, instanceProfileName, roleName } from "./members.ts";

export const addRoleToInstanceProfile = operation({
  name: "AddRoleToInstanceProfile",
  isReadOnly: false,
  input: input({
    InstanceProfileName: required(instanceProfileName),
    RoleName: required(roleName),
  }),

  async permit({ InstanceProfileName, RoleName }, call) {
    const { instanceProfiles, roles } = call.vault.principals;
    const profile = await instanceProfiles.locate(call.scope.accountId, InstanceProfileName);
    const permit = call.authorize("iam:AddRoleToInstanceProfile", profile);
    const role = await roles.locate(call.scope.accountId, RoleName);
    const toEc2 = { "iam:PassedToService": "ec2.amazonaws.com" };
    return { permit, passed: call.authorize("iam:PassRole", role, toEc2) };
  },

  async run(_input, { permit, passed }, call) {
    await call.vault.principals.instanceProfiles.addRole(permit, passed);
    return undefined;
  },
});
