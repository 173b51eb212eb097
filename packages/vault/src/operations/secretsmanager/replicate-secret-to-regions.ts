/** Replicates a secret to other regions of the vault. */
import { boolean, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";
import { permitOpenings, permitReplicaTargets } from "./replica-keys.ts";
import {
  readReplicaRegions,
  replicaRegions,
  replicationConditions,
  replicationStatus,
} from "./replica-regions.ts";

export const replicateSecretToRegions = operation({
  name: "ReplicateSecretToRegions",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    AddReplicaRegions: required(replicaRegions),
    ForceOverwriteReplicaSecret: boolean(),
  }),
  async permit(input, call) {
    const secret = await call.vault.secrets.locate(call.scope, input.SecretId);
    const conditions = replicationConditions(input);
    const permit = authorizeSecret(
      call,
      "secretsmanager:ReplicateSecretToRegions",
      secret,
      conditions,
    );
    const { stages } = call.vault.secrets.writable(permit);
    const regions = readReplicaRegions(call, input.AddReplicaRegions);
    const versionIds = [...new Set(Object.values(stages))];
    const openings = await permitOpenings(call, permit, versionIds);
    const targets =
      typeof openings === "string"
        ? regions.map(({ region, kmsKeyId }) => ({ region, kmsKeyId, problem: openings }))
        : await permitReplicaTargets(call, secret, regions, versionIds);
    return { permit, targets, openings: typeof openings === "string" ? [] : openings };
  },
  async run(input, { permit, targets, openings }, { vault: { secrets }, notes }) {
    const isForced = input.ForceOverwriteReplicaSecret === true;
    const secret = await secrets.replication.replicate(permit, { targets, isForced }, openings);
    const status = replicationStatus(await secrets.replication.replicasOf(secret));
    notes.responseElements = { arn: secret.arn, replicationStatus: responseElements(status) };
    return { ARN: secret.arn, ReplicationStatus: status };
  },
});
