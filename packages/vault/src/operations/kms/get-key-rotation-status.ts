/** Whether a key rotates by itself, how often, and when next. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKeyById } from "./authorize-key.ts";
import { keyId } from "./members.ts";

export const getKeyRotationStatus = operation({
  name: "GetKeyRotationStatus",
  isReadOnly: true,
  input: structure({ KeyId: required(keyId) }),
  permit: ({ KeyId }, call) => authorizeKeyById(call, "kms:GetKeyRotationStatus", KeyId),
  run(_input, { resource }) {
    const { keyId: KeyId, state, rotation } = resource.record;
    // What is about to go doesn't rotate; if it stays after all, its schedule is still there.
    if (rotation === undefined || state === "PendingDeletion") {
      return { KeyId, KeyRotationEnabled: false };
    }
    return {
      KeyId,
      KeyRotationEnabled: true,
      RotationPeriodInDays: rotation.periodInDays,
      NextRotationDate: new Date(rotation.nextAt),
    };
  },
});
