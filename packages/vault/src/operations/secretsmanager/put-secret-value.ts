/** Adds a version to a secret and moves staging labels to it. */
import { invalidRequest } from "../../secrets/errors.ts";
import { labelsOf } from "../../secrets/versions.ts";
import { list, refused, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { locateKey, requireSharedKey } from "./encryption-key.ts";
import {
  clientRequestToken,
  readValue,
  requireToken,
  secretId,
  valueMembers,
  versionStage,
} from "./members.ts";
import { permitNewVersion } from "./new-version.ts";
import { permitReplicas } from "./replica-keys.ts";

export const putSecretValue = operation({
  name: "PutSecretValue",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    ClientRequestToken: clientRequestToken,
    ...valueMembers,
    VersionStages: list(versionStage, { min: 1, max: 20 }),
    RotationToken: refused("rotation functions of other accounts are not there yet."),
  }),
  async permit(input, call) {
    const { secrets } = call.vault;
    const secret = await secrets.locate(call.scope, input.SecretId);
    const permit = authorizeSecret(call, "secretsmanager:PutSecretValue", secret);
    const token = requireToken(input.ClientRequestToken);
    const value = readValue(input);
    if (value === undefined) {
      throw invalidRequest("You must provide either SecretString or SecretBinary.");
    }
    const record = secrets.writable(permit);
    requireSharedKey(call, record);
    const key = await locateKey(call, secret.scope, record.kmsKeyId);
    const version = await permitNewVersion(call, permit, token, value, key);
    return { permit, version, replicaKeys: await permitReplicas(call, record, [token]) };
  },
  async run({ VersionStages }, { permit, version, replicaKeys }, { vault, notes }) {
    const { versionId } = version;
    const { arn, name, stages } = await vault.secrets.change(permit, {
      version,
      labels: VersionStages,
      replicaKeys,
    });
    notes.responseElements = { arn, name, versionId };
    return {
      ARN: arn,
      Name: name,
      VersionId: versionId,
      VersionStages: labelsOf(stages, versionId),
    };
  },
});
