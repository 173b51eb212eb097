/**
 * Makes a user, who may do nothing yet.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { boundaryCondition } from "./boundary-conditions.ts";
import { input, path, permissionsBoundary, tags, userName } from "./members.ts";
import { boundaryIfAny, tagsIfAny, userOutput } from "./outputs.ts";
import { authorizeTags, principalTags, requestTags } from "./tags.ts";

export const createUser = operation({
  name: "CreateUser",
  isReadOnly: false,
  input: input({
    UserName: required(userName),
    Path: path,
    Tags: tags,
    PermissionsBoundary: permissionsBoundary,
  }),

  permit({ UserName, Path = "/", Tags, PermissionsBoundary }, call) {
    const user = call.vault.principals.users.planned(call.scope.accountId, Path, UserName);
    const permit = call.authorize("iam:CreateUser", user, {
      ...requestTags(Tags),
      ...boundaryCondition(PermissionsBoundary),
    });
    authorizeTags(call, "iam:TagUser", user, Tags);
    return permit;
  },

  async run({ Tags, PermissionsBoundary }, permit, call) {
    const user = await call.vault.principals.users.create(permit, {
      boundaryArn: PermissionsBoundary,
      tags: principalTags(Tags),
    });
    const output = {
      User: { ...userOutput(user), ...boundaryIfAny(user), ...tagsIfAny(user.tags) },
    };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
