/** What the reads of Parameter Store have in common: the value, and AWS's Parameter structure. */
import type { ReadVersion, VersionRecord } from "../../parameters/parameters.ts";
import type { ServiceSetting } from "../../parameters/service-settings.ts";
import { type Soon, soon } from "../../soon.ts";
import type { Call, Output } from "../operation.ts";
import { authorizeKey, withInvalidKeyId } from "./key.ts";

/** The value as the caller may see it: a SecureString is decrypted with the caller's own rights. */
export function readableValue(
  call: Call,
  read: ReadVersion,
  isDecrypted: boolean | undefined,
): Soon<string> {
  const { parameters, keys } = call.vault;
  const { keyArn } = read.record;
  if (keyArn === undefined || isDecrypted !== true) return parameters.value(read);
  return withInvalidKeyId(call, () =>
    soon(keys.locate(call.scope, keyArn), (key) =>
      soon(authorizeKey(call, "kms:Decrypt", key, read.arn), (permit) =>
        parameters.decryptedValue(read, permit),
      ),
    ),
  );
}

/** Tells the trail which versions of which parameters a read of many gave out. */
export function noteReads(call: Call, reads: readonly ReadVersion[]): void {
  if (reads.length === 0) return;
  call.notes.versionId = reads.map(({ name, version }) => `${name}:${version}`).join(" ");
}

/** AWS's Parameter. */
export function parameterOutput(
  call: Call,
  read: ReadVersion,
  isDecrypted: boolean | undefined,
): Soon<NonNullable<Output>> {
  const { record, selector } = read;
  return soon(readableValue(call, read, isDecrypted), (Value) => ({
    Name: read.name,
    Type: record.type,
    Value,
    Version: record.version,
    ...(selector !== undefined && { Selector: `:${selector}` }),
    LastModifiedDate: new Date(record.modifiedAt),
    ARN: read.arn,
    DataType: record.dataType,
  }));
}

/** AWS's ServiceSetting. */
export function settingOutput(setting: ServiceSetting): NonNullable<Output> {
  return {
    SettingId: setting.id,
    SettingValue: setting.value,
    LastModifiedDate: new Date(setting.modifiedAt),
    LastModifiedUser: setting.modifiedBy,
    ARN: setting.arn,
    Status: setting.status,
  };
}

/** What AWS's ParameterMetadata and ParameterHistory share. */
export function recordOutput({ vault }: Call, record: VersionRecord): NonNullable<Output> {
  return {
    Name: record.name,
    Type: record.type,
    KeyId: record.keyId,
    LastModifiedDate: new Date(record.modifiedAt),
    LastModifiedUser: record.modifiedBy,
    Description: record.description,
    AllowedPattern: record.allowedPattern,
    Version: record.version,
    Tier: record.tier,
    Policies: vault.parameters.policiesOf(record).map(({ text, type, status }) => ({
      PolicyText: text,
      PolicyType: type,
      PolicyStatus: status,
    })),
    DataType: record.dataType,
  };
}
