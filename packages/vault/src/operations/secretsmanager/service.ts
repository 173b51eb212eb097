/** AWS Secrets Manager, https://docs.aws.amazon.com/secretsmanager/latest/apireference/ */
import type { Service } from "../operation.ts";
import { batchGetSecretValue } from "./batch-get-secret-value.ts";
import { createSecret } from "./create-secret.ts";
import { deleteSecret } from "./delete-secret.ts";
import { describeSecret } from "./describe-secret.ts";
import { getSecretValue } from "./get-secret-value.ts";
import { listSecrets } from "./list-secrets.ts";
import { putSecretValue } from "./put-secret-value.ts";
import { restoreSecret } from "./restore-secret.ts";
import { updateSecret } from "./update-secret.ts";

export const secretsmanager: Service = {
  name: "secretsmanager",
  protocol: "aws-json",
  targetPrefixes: ["secretsmanager."],
  version: "2017-10-17",
  xmlNamespace: undefined,
  operations: [
    batchGetSecretValue,
    createSecret,
    deleteSecret,
    describeSecret,
    getSecretValue,
    listSecrets,
    putSecretValue,
    restoreSecret,
    updateSecret,
  ],
};
