/** Creates a secret, with a first version where a value is given. */
import { refused, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { requestTagConditions } from "../request-tags.ts";
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
  valueMembers,
} from "./members.ts";
import { permitNewVersion } from "./new-version.ts";
import { readTags, tags } from "./tags.ts";

const replication = refused("replication to other regions is not there yet.");

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
    AddReplicaRegions: replication,
    ForceOverwriteReplicaSecret: replication,
    Type: refused("secrets of external partners are not there yet."),
  }),
  async permit(input, call) {
    const secret = await call.vault.secrets.locateNew(call.scope, input.Name);
    const given = readTags(input.Tags);
    const conditions = {
      "secretsmanager:Name": input.Name,
      ...(input.Description && { "secretsmanager:Description": input.Description }),
      ...requestTagConditions(given),
      ...(await namedKeyConditions(call, input.KmsKeyId)),
    };
    const permit = authorizeSecret(call, "CreateSecret", secret, conditions);
    if (input.Tags?.length) authorizeSecret(call, "TagResource", secret, conditions);

    const token = requireToken(input.ClientRequestToken);
    const value = readValue(input);
    const namesKey = customerKeyId(input.KmsKeyId) !== undefined;
    if (value === undefined && !namesKey) return { permit, given, version: undefined };
    const key = await locateKey(call, input.KmsKeyId);
    if (namesKey) await requireKeyAccess(call, key, secret.arn);
    const version = value && (await permitNewVersion(call, permit, token, value, key));
    return { permit, given, version };
  },
  async run(input, { permit, given, version }, { vault, notes }) {
    const secret = await vault.secrets.create(permit, {
      description: input.Description,
      kmsKeyId: customerKeyId(input.KmsKeyId),
      tags: given,
      version,
    });
    const versionId = version?.versionId;
    notes.responseElements = { arn: secret.arn, name: secret.name, versionId };
    return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
  },
});
