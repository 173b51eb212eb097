/** Says something else about a key. */
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";

export const updateKeyDescription = operation({
  name: "UpdateKeyDescription",
  isReadOnly: false,
  input: structure({
    KeyId: required(keyId),
    Description: required(string({ min: 0, max: 8192 })),
  }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:UpdateKeyDescription", KeyId),
  async run({ Description }, permit, { vault, notes }) {
    await vault.keys.administration.updateDescription(permit, Description);
    notes.responseElements = { keyId: permit.resource.arn };
    return undefined;
  },
});
