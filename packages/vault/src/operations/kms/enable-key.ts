/** Lets a key that was disabled be used again. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";

export const enableKey = operation({
  name: "EnableKey",
  isReadOnly: false,
  input: structure({ KeyId: required(keyId) }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:EnableKey", KeyId),
  async run(_input, permit, { vault, notes }) {
    await vault.keys.administration.enable(permit);
    notes.responseElements = { keyId: permit.resource.arn };
    return undefined;
  },
});
