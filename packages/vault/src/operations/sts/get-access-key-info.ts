/**
 * Tells which account an access key belongs to, whatever became of the key since.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
 */
import { validationError } from "../../errors.ts";
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { refuseOwnSession } from "./own-session.ts";

export const getAccessKeyInfo = operation({
  name: "GetAccessKeyInfo",
  isReadOnly: true,
  input: structure({
    AccessKeyId: required(string({ min: 16, max: 128, pattern: "[\\w]*" })),
  }),

  permit(_input, call) {
    refuseOwnSession(call, "GetAccessKeyInfo");
    const { accountId } = call.scope;
    return call.authorize("sts:GetAccessKeyInfo", {
      arn: "*",
      accountId,
      tags: {},
      nameInDenials: "",
    });
  },

  async run({ AccessKeyId }, permit, { vault }) {
    const account = await vault.principals.accountOfKey(permit, AccessKeyId);
    if (account === undefined) throw validationError("The access key ID does not exist.");
    return { Account: account };
  },
});
