/**
 * Turns a secret's rotation off and calls off one that is under way. A version that it has begun
 * with stays, for the caller to judge, unless its rotator takes back what it made.
 */
import { pendingVersion } from "../../secrets/rotation.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";

export const cancelRotateSecret = operation({
  name: "CancelRotateSecret",
  isReadOnly: false,
  input: structure({ SecretId: required(secretId) }),
  async permit({ SecretId }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    return authorizeSecret(call, "secretsmanager:CancelRotateSecret", secret);
  },
  async run(_input, permit, { vault, notes }) {
    const secret = await vault.rotations.cancel(permit);
    const { arn, name } = secret;
    const versionId = pendingVersion(secret);
    notes.responseElements = { arn, name, versionId };
    return { ARN: arn, Name: name, VersionId: versionId };
  },
});
