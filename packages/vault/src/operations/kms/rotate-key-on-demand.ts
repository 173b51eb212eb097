/** Gives a key new material now, 25 times in its life at most. It is done when the reply comes. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";

export const rotateKeyOnDemand = operation({
  name: "RotateKeyOnDemand",
  isReadOnly: false,
  input: structure({ KeyId: required(keyId) }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:RotateKeyOnDemand", KeyId),
  async run(_input, permit, { vault, notes }) {
    // The reply has the ARN, whatever the example in AWS's documentation shows.
    const { arn: KeyId } = await vault.keys.rotation.rotateOnDemand(permit);
    notes.responseElements = { keyId: KeyId };
    return { KeyId };
  },
});
