/** Changes a secret's description, key or value; only a value makes a version. */
import type { Permit } from "../../authorization/authorize.ts";
import { ApiError } from "../../errors.ts";
import type { KeyResource } from "../../keys/keys.ts";
import type { SecretPermit } from "../../secrets/records.ts";
import type { Reseal } from "../../secrets/sealing.ts";
import { current, pending, previous, versionAt } from "../../secrets/versions.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import {
  authorizeKey,
  authorizeOpening,
  customerKeyId,
  locateKey,
  namedKeyConditions,
  requireKeyAccess,
  requireSharedKey,
} from "./encryption-key.ts";
import {
  clientRequestToken,
  description,
  kmsKeyId,
  readValue,
  requireToken,
  secretId,
  secretType,
  valueMembers,
} from "./members.ts";
import { permitNewVersion } from "./new-version.ts";
import { permitReplicas } from "./replica-keys.ts";

export const updateSecret = operation({
  name: "UpdateSecret",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    ClientRequestToken: clientRequestToken,
    Description: description,
    KmsKeyId: kmsKeyId,
    ...valueMembers,
    Type: secretType,
  }),
  async permit(input, call) {
    const { secrets } = call.vault;
    const secret = await secrets.locate(call.scope, input.SecretId);
    const permit = authorizeSecret(call, "secretsmanager:UpdateSecret", secret, {
      ...(input.Description && { "secretsmanager:Description": input.Description }),
      ...(await namedKeyConditions(call, secret.scope, input.KmsKeyId)),
    });
    const token = requireToken(input.ClientRequestToken);
    const value = readValue(input);
    // A replica may have another key; all else is its primary's.
    const isKeyAlone =
      input.KmsKeyId !== undefined &&
      [input.Description, input.Type, value].every((each) => each === undefined);
    const record = isKeyAlone ? secrets.active(permit) : secrets.writable(permit);
    if (value === undefined && input.KmsKeyId === undefined) {
      return { permit, version: undefined, reseal: [], replicaKeys: [] };
    }
    if (input.KmsKeyId === undefined) requireSharedKey(call, record);
    const key = await locateKey(call, secret.scope, input.KmsKeyId ?? record.kmsKeyId);
    if (customerKeyId(secret.scope, input.KmsKeyId) !== undefined) {
      await requireKeyAccess(call, key, record.arn);
    }
    return {
      permit,
      version: value && (await permitNewVersion(call, permit, token, value, key)),
      reseal: input.KmsKeyId === undefined ? [] : await permitResealing(call, permit, key),
      replicaKeys: value === undefined ? [] : await permitReplicas(call, record, [token]),
    };
  },
  async run(input, { permit, version, reseal, replicaKeys }, { vault, notes }) {
    const { arn, name } = await vault.secrets.change(permit, {
      description: input.Description,
      type: input.Type,
      kmsKeyId:
        input.KmsKeyId === undefined
          ? undefined
          : (customerKeyId(permit.resource.scope, input.KmsKeyId) ?? ""),
      version,
      reseal,
      replicaKeys,
    });
    const versionId = version?.versionId;
    notes.responseElements = { arn, name, versionId };
    return { ARN: arn, Name: name, VersionId: versionId };
  },
});

/**
 * What moves to the new key: the versions in use. As on AWS they stay under the old key, where
 * they are still readable, if the caller may not encrypt under the new one.
 */
async function permitResealing(
  call: Call,
  permit: SecretPermit<"UpdateSecret">,
  key: KeyResource,
): Promise<readonly Reseal[]> {
  const { vault } = call;
  const { arn, stages } = vault.secrets.active(permit);
  const labelled = [current, pending, previous].map((label) => versionAt(stages, label));
  const inUse = [...new Set(labelled.filter((id) => id !== undefined))];
  const versions = await vault.secrets.versions(permit, inUse);
  const reseal: Reseal[] = [];
  for (const version of versions.filter(({ body }) => body.keyArn !== key.arn)) {
    const { versionId } = version.body;
    const encrypt = await permitToEncrypt(call, key, arn, versionId);
    if (encrypt === undefined) return [];
    const decrypt = await authorizeOpening(call, arn, version.body);
    reseal.push({ version, decrypt, encrypt });
  }
  return reseal;
}

async function permitToEncrypt(
  call: Call,
  key: KeyResource,
  arn: string,
  versionId: string,
): Promise<Permit<"kms:Encrypt", KeyResource> | undefined> {
  try {
    return await authorizeKey(call, "kms:Encrypt", key, arn, versionId);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
