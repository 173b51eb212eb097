/** Deletes a secret's replicas in the given regions. */
import { list, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";
import { region, replicationStatus } from "./replica-regions.ts";

export const removeRegionsFromReplication = operation({
  name: "RemoveRegionsFromReplication",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    RemoveReplicaRegions: required(list(region, { min: 1 })),
  }),
  async permit({ SecretId }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    return authorizeSecret(call, "secretsmanager:RemoveRegionsFromReplication", secret);
  },
  async run({ RemoveReplicaRegions: regions }, permit, { vault: { secrets }, notes }) {
    const secret = await secrets.replication.remove(permit, regions);
    const status = replicationStatus(await secrets.replication.replicasOf(secret));
    notes.responseElements = { arn: secret.arn, replicationStatus: responseElements(status) };
    return { ARN: secret.arn, ReplicationStatus: status };
  },
});
