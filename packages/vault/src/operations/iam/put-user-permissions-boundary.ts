/**
 * Sets the managed policy that bounds what a user may do, in place of the one that was set.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { boundaryCondition } from "./boundary-conditions.ts";
import { input, permissionsBoundary, userName } from "./members.ts";

export const putUserPermissionsBoundary = operation({
  name: "PutUserPermissionsBoundary",
  isReadOnly: false,
  input: input({
    UserName: required(userName),
    PermissionsBoundary: required(permissionsBoundary),
  }),

  async permit({ UserName, PermissionsBoundary }, call) {
    const user = await call.vault.principals.users.locate(call.scope.accountId, UserName);
    const keys = boundaryCondition(PermissionsBoundary);
    return call.authorize("iam:PutUserPermissionsBoundary", user, keys);
  },

  async run({ PermissionsBoundary }, permit, call) {
    await call.vault.principals.users.boundaries.put(permit, PermissionsBoundary);
    return undefined;
  },
});
