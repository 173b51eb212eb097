/**
 * Makes a role; its trust policy says who may assume it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { boundaryCondition } from "./boundary-conditions.ts";
import {
  input,
  maxSessionDuration,
  path,
  permissionsBoundary,
  policyDocument,
  roleDescription,
  roleName,
  tags,
} from "./members.ts";
import { boundaryIfAny, roleOutput, tagsIfAny } from "./outputs.ts";
import { authorizeTags, principalTags, requestTags } from "./tags.ts";

const sessionSecondsByDefault = 3600;

export const createRole = operation({
  name: "CreateRole",
  isReadOnly: false,
  input: input({
    RoleName: required(roleName),
    AssumeRolePolicyDocument: required(policyDocument),
    Path: path,
    Description: roleDescription,
    MaxSessionDuration: maxSessionDuration,
    Tags: tags,
    PermissionsBoundary: permissionsBoundary,
  }),

  permit({ RoleName, Path = "/", Tags, PermissionsBoundary }, call) {
    const role = call.vault.principals.roles.planned(call.scope.accountId, Path, RoleName);
    const permit = call.authorize("iam:CreateRole", role, {
      ...requestTags(Tags),
      ...boundaryCondition(PermissionsBoundary),
    });
    authorizeTags(call, "iam:TagRole", role, Tags);
    return permit;
  },

  async run(input, permit, call) {
    const role = await call.vault.principals.roles.create(permit, {
      description: input.Description,
      maxSessionDurationSeconds: input.MaxSessionDuration ?? sessionSecondsByDefault,
      trustPolicy: input.AssumeRolePolicyDocument,
      boundaryArn: input.PermissionsBoundary,
      tags: principalTags(input.Tags),
    });
    const output = {
      Role: { ...roleOutput(role), ...boundaryIfAny(role), ...tagsIfAny(role.tags) },
    };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
