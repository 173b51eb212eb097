/**
 * Opens the encoded message of a denial: which policies were asked, and what they said.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
import { ApiError } from "../../errors.ts";
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { refuseOwnSession } from "./own-session.ts";

export const decodeAuthorizationMessage = operation({
  name: "DecodeAuthorizationMessage",
  isReadOnly: true,
  input: structure({ EncodedMessage: required(string({ min: 1, max: 10_240 })) }),

  permit(_input, call) {
    refuseOwnSession(call, "DecodeAuthorizationMessage");
    const { accountId } = call.scope;
    return call.authorize("sts:DecodeAuthorizationMessage", {
      arn: "*",
      accountId,
      tags: {},
      nameInDenials: "",
    });
  },

  async run({ EncodedMessage }, _permit, { vault, scope }) {
    const message = await vault.authorizationMessages.decode(EncodedMessage);
    // What policies another account has is its own affair.
    if (message === undefined || message.accountId !== scope.accountId) {
      throw new ApiError("InvalidAuthorizationMessageException", "Invalid authorization message.");
    }
    return { DecodedMessage: message.text };
  },
});
