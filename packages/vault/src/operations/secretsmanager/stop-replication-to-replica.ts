/** Makes a replica a secret of its own; asked in the replica's region. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";

export const stopReplicationToReplica = operation({
  name: "StopReplicationToReplica",
  isReadOnly: false,
  input: structure({ SecretId: required(secretId) }),
  async permit({ SecretId }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    return authorizeSecret(call, "secretsmanager:StopReplicationToReplica", secret);
  },
  async run(_input, permit, { vault, notes }) {
    const { arn } = await vault.secrets.replication.promote(permit);
    notes.responseElements = { arn };
    return { ARN: arn };
  },
});
