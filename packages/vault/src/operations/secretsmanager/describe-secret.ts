/** Tells all about a secret but its value, also while it is scheduled for deletion. */
import { versionsToStages } from "../../secrets/versions.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { describe, unlessEmpty } from "./description.ts";
import { secretId } from "./members.ts";
import { replicationStatus } from "./replica-regions.ts";

export const describeSecret = operation({
  name: "DescribeSecret",
  isReadOnly: true,
  input: structure({ SecretId: required(secretId) }),
  async permit({ SecretId }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    return authorizeSecret(call, "secretsmanager:DescribeSecret", secret);
  },
  async run(_input, permit, { vault }) {
    const secret = vault.secrets.describe(permit);
    const replicas = await vault.secrets.replication.replicasOf(secret);
    return {
      ...describe(secret),
      VersionIdsToStages: unlessEmpty(versionsToStages(secret.stages)),
      ReplicationStatus: unlessEmpty(replicationStatus(replicas)),
    };
  },
});
