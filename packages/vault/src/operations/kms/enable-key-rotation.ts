/** Gives a key new material every period, by itself, from one period on from now. */
import { rotationPeriodInDays } from "../../keys/key-rotation.ts";
import { integer, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";

export const enableKeyRotation = operation({
  name: "EnableKeyRotation",
  isReadOnly: false,
  input: structure({
    KeyId: required(keyId),
    RotationPeriodInDays: integer({ min: 90, max: 2560 }),
  }),
  permit: ({ KeyId, RotationPeriodInDays: days = rotationPeriodInDays }, call) =>
    authorizeOwnKey(call, "kms:EnableKeyRotation", KeyId, {
      "kms:RotationPeriodInDays": String(days),
    }),
  async run({ RotationPeriodInDays: days = rotationPeriodInDays }, permit, { vault, notes }) {
    await vault.keys.rotation.enable(permit, days);
    notes.responseElements = { keyId: permit.resource.arn };
    return undefined;
  },
});
