/**
 * Changes a role's description, as UpdateRole does too.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { input, roleDescription, roleName } from "./members.ts";
import { boundaryIfAny, roleOutput, tagsIfAny } from "./outputs.ts";

export const updateRoleDescription = operation({
  name: "UpdateRoleDescription",
  isReadOnly: false,
  input: input({ RoleName: required(roleName), Description: required(roleDescription) }),

  async permit({ RoleName }, call) {
    const role = await call.vault.principals.roles.locate(call.scope.accountId, RoleName);
    return call.authorize("iam:UpdateRoleDescription", role);
  },

  async run({ Description }, permit, call) {
    const role = await call.vault.principals.roles.update(permit, { description: Description });
    const output = {
      Role: {
        ...roleOutput(role),
        Description: role.description,
        ...boundaryIfAny(role),
        ...tagsIfAny(role.tags),
      },
    };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
