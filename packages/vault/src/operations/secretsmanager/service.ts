/** AWS Secrets Manager, https://docs.aws.amazon.com/secretsmanager/latest/apireference/ */
import type { Service } from "../operation.ts";
import { batchGetSecretValue } from "./batch-get-secret-value.ts";
import { cancelRotateSecret } from "./cancel-rotate-secret.ts";
import { createSecret } from "./create-secret.ts";
import { deleteResourcePolicy } from "./delete-resource-policy.ts";
import { deleteSecret } from "./delete-secret.ts";
import { describeSecret } from "./describe-secret.ts";
import { getRandomPassword } from "./get-random-password.ts";
import { getResourcePolicy } from "./get-resource-policy.ts";
import { getSecretValue } from "./get-secret-value.ts";
import { listSecretVersionIds } from "./list-secret-version-ids.ts";
import { listSecrets } from "./list-secrets.ts";
import { putResourcePolicy } from "./put-resource-policy.ts";
import { putSecretValue } from "./put-secret-value.ts";
import { removeRegionsFromReplication } from "./remove-regions-from-replication.ts";
import { replicateSecretToRegions } from "./replicate-secret-to-regions.ts";
import { restoreSecret } from "./restore-secret.ts";
import { rotateSecret } from "./rotate-secret.ts";
import { stopReplicationToReplica } from "./stop-replication-to-replica.ts";
import { tagResource } from "./tag-resource.ts";
import { untagResource } from "./untag-resource.ts";
import { updateSecret } from "./update-secret.ts";
import { updateSecretVersionStage } from "./update-secret-version-stage.ts";
import { validateResourcePolicy } from "./validate-resource-policy.ts";

export const secretsmanager: Service = {
  name: "secretsmanager",
  protocol: "aws-json",
  targetPrefixes: ["secretsmanager."],
  version: "2017-10-17",
  xmlNamespace: undefined,
  operations: [
    batchGetSecretValue,
    cancelRotateSecret,
    createSecret,
    deleteResourcePolicy,
    deleteSecret,
    describeSecret,
    getRandomPassword,
    getResourcePolicy,
    getSecretValue,
    listSecretVersionIds,
    listSecrets,
    putResourcePolicy,
    putSecretValue,
    removeRegionsFromReplication,
    replicateSecretToRegions,
    restoreSecret,
    rotateSecret,
    stopReplicationToReplica,
    tagResource,
    untagResource,
    updateSecret,
    updateSecretVersionStage,
    validateResourcePolicy,
  ],
};
