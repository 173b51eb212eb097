/**
 * Refuses to make a service's own role: no service of this vault acts through one.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
 */
import { ApiError } from "../../errors.ts";
import { required, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { groupName, input, roleDescription } from "./members.ts";

export const createServiceLinkedRole = operation({
  name: "CreateServiceLinkedRole",
  isReadOnly: false,
  refusal: "InvalidInput, no service of this vault acts through a role of its own.",
  input: input({
    AWSServiceName: required(groupName),
    Description: roleDescription,
    CustomSuffix: string({ min: 1, max: 64, pattern: "[\\w+=,.@-]+" }),
  }),

  permit({ AWSServiceName }, call) {
    const { accountId } = call.scope;
    const path = `/aws-service-role/${AWSServiceName}/`;
    const role = call.vault.principals.roles.planned(accountId, path, "AWSServiceRole");
    return call.authorize("iam:CreateServiceLinkedRole", role, {
      "iam:AWSServiceName": AWSServiceName,
    });
  },

  run({ AWSServiceName }) {
    const message = `The service ${AWSServiceName} has no service-linked role in this vault.`;
    throw new ApiError("InvalidInput", message);
  },
});
