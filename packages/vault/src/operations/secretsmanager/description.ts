/** A secret as DescribeSecret and ListSecrets show it: only what there is. */
import type { SecretRecord } from "../../secrets/records.ts";
import { tagList } from "./tags.ts";

export function describe(secret: SecretRecord) {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    LastChangedDate: new Date(secret.lastChangedDate),
    LastAccessedDate: dateOf(secret.lastAccessedDate),
    DeletedDate: dateOf(secret.deletedDate),
    Tags: unlessEmpty(tagList(secret.tags)),
    CreatedDate: new Date(secret.createdDate),
  };
}

export function unlessEmpty<Value extends object>(value: Value): Value | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

function dateOf(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}
