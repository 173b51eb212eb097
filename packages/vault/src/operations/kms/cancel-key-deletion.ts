/** Keeps a key that was about to go. It comes back disabled, as on AWS. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";

export const cancelKeyDeletion = operation({
  name: "CancelKeyDeletion",
  isReadOnly: false,
  input: structure({ KeyId: required(keyId) }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:CancelKeyDeletion", KeyId),
  async run(_input, permit, { vault, notes }) {
    const { arn } = await vault.keys.administration.cancelDeletion(permit);
    notes.responseElements = { keyId: arn };
    return { KeyId: arn };
  },
});
