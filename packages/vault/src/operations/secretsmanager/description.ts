/** A secret as DescribeSecret and ListSecrets show it: only what there is. */
import type { SecretRecord } from "../../secrets/records.ts";
import { rotationRulesOutput } from "./rotation-rules.ts";
import { tagList } from "./tags.ts";

export function describe(secret: SecretRecord) {
  const { rotation } = secret;
  const external = rotation?.external;
  return {
    ARN: secret.arn,
    Name: secret.name,
    Type: secret.type,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    RotationEnabled: rotation?.isEnabled,
    RotationLambdaARN: rotation?.lambdaArn || undefined,
    RotationRules: rotation && rotationRulesOutput(rotation.rules, secret.lastRotatedDate),
    ExternalSecretRotationMetadata: external && metadataList(external.metadata),
    ExternalSecretRotationRoleArn: external?.roleArn,
    // As AWS has it, null once rotation has been turned off.
    LastRotatedDate: rotation?.isEnabled ? dateOf(secret.lastRotatedDate) : undefined,
    NextRotationDate: dateOf(rotation?.nextRotationDate),
    LastChangedDate: new Date(secret.lastChangedDate),
    LastAccessedDate: dateOf(secret.lastAccessedDate),
    DeletedDate: dateOf(secret.deletedDate),
    Tags: secret.wasTagged ? tagList(secret.tags) : unlessEmpty(tagList(secret.tags)),
    PrimaryRegion: secret.primaryRegion,
    CreatedDate: new Date(secret.createdDate),
  };
}

function metadataList(metadata: Readonly<Record<string, string>>) {
  return Object.entries(metadata).map(([Key, Value]) => ({ Key, Value }));
}

export function unlessEmpty<Value extends object>(value: Value): Value | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

export function dateOf(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}
