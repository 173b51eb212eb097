/**
 * Makes a role; its trust policy says who may assume it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
import { integer, required, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { input, path, permissionsBoundary, policyDocument, roleName, tags } from "./members.ts";
import { roleOutput, tagsIfAny } from "./outputs.ts";
import { authorizeTags, principalTags, requestTags } from "./tags.ts";

const sessionSecondsByDefault = 3600;

export const createRole = operation({
  name: "CreateRole",
  isReadOnly: false,
  input: input({
    RoleName: required(roleName),
    AssumeRolePolicyDocument: required(policyDocument),
    Path: path,
    Description: string({
      max: 1000,
      pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
    }),
    MaxSessionDuration: integer({ min: 3600, max: 43_200 }),
    Tags: tags,
    PermissionsBoundary: permissionsBoundary,
  }),

  permit({ RoleName, Path = "/", Tags }, call) {
    const role = call.vault.principals.roles.planned(call.scope.accountId, Path, RoleName);
    const permit = call.authorize("iam:CreateRole", role, requestTags(Tags));
    authorizeTags(call, "iam:TagRole", role, Tags);
    return permit;
  },

  async run(input, permit, call) {
    const role = await call.vault.principals.roles.create(permit, {
      description: input.Description,
      maxSessionDurationSeconds: input.MaxSessionDuration ?? sessionSecondsByDefault,
      trustPolicy: input.AssumeRolePolicyDocument,
      tags: principalTags(input.Tags),
    });
    const output = { Role: { ...roleOutput(role), ...tagsIfAny(role.tags) } };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
