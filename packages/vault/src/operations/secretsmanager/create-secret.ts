/** Creates a secret, with a first version where a value is given. */
import { boolean, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { requestTagConditions } from "../request-tags.ts";
import { responseElements } from "../response-elements.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import {
  customerKeyId,
  locateKey,
  namedKeyConditions,
  requireKeyAccess,
} from "./encryption-key.ts";
import {
  clientRequestToken,
  description,
  kmsKeyId,
  readValue,
  requireToken,
  secretType,
  valueMembers,
} from "./members.ts";
import { permitNewVersion } from "./new-version.ts";
import { permitReplicaTargets } from "./replica-keys.ts";
import {
  readReplicaRegions,
  replicaRegions,
  replicationConditions,
  replicationStatus,
} from "./replica-regions.ts";
import { readTags, tags } from "./tags.ts";

export const createSecret = operation({
  name: "CreateSecret",
  isReadOnly: false,
  input: structure({
    Name: required(string({ min: 1, max: 512 })),
    ClientRequestToken: clientRequestToken,
    Description: description,
    KmsKeyId: kmsKeyId,
    ...valueMembers,
    Tags: tags,
    AddReplicaRegions: replicaRegions,
    ForceOverwriteReplicaSecret: boolean(),
    Type: secretType,
  }),
  async permit(input, call) {
    const secret = await call.vault.secrets.locateNew(call.scope, input.Name);
    const given = readTags(input.Tags);
    const conditions = {
      "secretsmanager:Name": input.Name,
      ...(input.Description && { "secretsmanager:Description": input.Description }),
      ...requestTagConditions(given),
      ...(await namedKeyConditions(call, call.scope, input.KmsKeyId)),
      ...replicationConditions(input),
    };
    const permit = authorizeSecret(call, "secretsmanager:CreateSecret", secret, conditions);
    if (input.Tags?.length) authorizeSecret(call, "secretsmanager:TagResource", secret, conditions);
    const targets = input.AddReplicaRegions ?? [];
    if (targets.length > 0) {
      authorizeSecret(call, "secretsmanager:ReplicateSecretToRegions", secret, conditions);
    }

    const token = requireToken(input.ClientRequestToken);
    const value = readValue(input);
    const regions = readReplicaRegions(call, targets);
    const namesKey = customerKeyId(call.scope, input.KmsKeyId) !== undefined;
    const isKeyUsed = value !== undefined || namesKey;
    const key = isKeyUsed ? await locateKey(call, call.scope, input.KmsKeyId) : undefined;
    if (key !== undefined && namesKey) await requireKeyAccess(call, key, secret.arn);
    const version = value && key && (await permitNewVersion(call, permit, token, value, key));
    const isForced = input.ForceOverwriteReplicaSecret === true;
    const replication =
      regions.length === 0
        ? undefined
        : {
            isForced,
            targets: await permitReplicaTargets(call, secret, regions, version ? [token] : []),
          };
    return { permit, given, version, replication };
  },
  async run(input, { permit, given, version, replication }, { vault, scope, notes }) {
    const secret = await vault.secrets.create(permit, {
      description: input.Description,
      type: input.Type,
      kmsKeyId: customerKeyId(scope, input.KmsKeyId),
      tags: given,
      version,
      replication,
    });
    const versionId = version?.versionId;
    const status =
      replication && replicationStatus(await vault.secrets.replication.replicasOf(secret));
    notes.responseElements = {
      arn: secret.arn,
      name: secret.name,
      versionId,
      replicationStatus: responseElements(status),
    };
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: versionId,
      ReplicationStatus: status,
    };
  },
});
