/** Ends automatic rotation; what was rotated stays so. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";

export const disableKeyRotation = operation({
  name: "DisableKeyRotation",
  isReadOnly: false,
  input: structure({ KeyId: required(keyId) }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:DisableKeyRotation", KeyId),
  async run(_input, permit, { vault, notes }) {
    await vault.keys.rotation.disable(permit);
    notes.responseElements = { keyId: permit.resource.arn };
    return undefined;
  },
});
