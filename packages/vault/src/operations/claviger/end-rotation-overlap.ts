/** The old key of a rotation dies now, although there are readers that have not moved. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { secretId } from "../secretsmanager/members.ts";
import { permitOnSecret } from "./secret-permit.ts";

export const endRotationOverlap = operation({
  name: "EndRotationOverlap",
  isReadOnly: false,
  input: structure({ SecretId: required(secretId) }),
  permit: ({ SecretId }, call) => permitOnSecret(call, "EndRotationOverlap", SecretId),
  async run(_input, permit, { vault, notes }) {
    const { arn, name, oldVersionId, laggardCount } = await vault.rotations.endOverlap(permit);
    notes.responseElements = { arn, name, oldVersionId, laggardCount };
    return { ARN: arn, Name: name, OldVersionId: oldVersionId, LaggardCount: laggardCount };
  },
});
