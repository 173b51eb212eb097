/** Keeps a key from all use, what it encrypted included, until it is enabled again. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";

export const disableKey = operation({
  name: "DisableKey",
  isReadOnly: false,
  input: structure({ KeyId: required(keyId) }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:DisableKey", KeyId),
  async run(_input, permit, { vault, notes }) {
    await vault.keys.administration.disable(permit);
    notes.responseElements = { keyId: permit.resource.arn };
    return undefined;
  },
});
