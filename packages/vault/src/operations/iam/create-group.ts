/**
 * Makes a group, which has no members and no policies yet.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { groupName, input, path } from "./members.ts";
import { groupOutput } from "./outputs.ts";

export const createGroup = operation({
  name: "CreateGroup",
  isReadOnly: false,
  input: input({ GroupName: required(groupName), Path: path }),

  permit({ GroupName, Path = "/" }, call) {
    const group = call.vault.principals.groups.planned(call.scope.accountId, Path, GroupName);
    return call.authorize("iam:CreateGroup", group);
  },

  async run(_input, permit, call) {
    const output = { Group: groupOutput(await call.vault.principals.groups.create(permit)) };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
