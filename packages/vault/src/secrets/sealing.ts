/**
 * Values on their way in and out of rows. Plaintext exists here and in the request that asked,
 * nowhere longer; each value is bound to its secret's ARN and its version's id.
 */
import type { Permit } from "../authorization/authorize.ts";
import { ApiError } from "../errors.ts";
import type { EncryptionContext, KeyResource, Keys } from "../keys/keys.ts";
import { rescued, type Soon, soon } from "../soon.ts";
import { decryptionFailure, encryptionFailure } from "./errors.ts";
import { encryptionContext, type SealedVersion, type VersionRow } from "./records.ts";
import { bytesOf, type SecretValue, valueFrom } from "./value.ts";

/** A version to be: what a caller wants stored, under which id and which key. */
export interface NewVersion {
  /** The ClientRequestToken. */
  readonly versionId: string;
  readonly value: SecretValue;
  readonly keyPermit: Permit<"kms:GenerateDataKey", KeyResource>;
}

/** A version that is to be sealed anew, under another key. */
export interface Reseal {
  readonly version: VersionRow;
  readonly decrypt: Permit<"kms:Decrypt", KeyResource>;
  readonly encrypt: Permit<"kms:Encrypt", KeyResource>;
}

export async function sealVersion(
  keys: Keys,
  arn: string,
  { versionId, value, keyPermit }: NewVersion,
  createdDate: number,
): Promise<SealedVersion> {
  const bytes = bytesOf(value);
  const context = encryptionContext(arn, versionId);
  return {
    replaces: "absent",
    body: {
      versionId,
      form: value.form,
      keyArn: keyPermit.resource.arn,
      fingerprint: await keys.fingerprint(bytes),
      createdDate,
    },
    sealed: await sealedBytes(keys, keyPermit, bytes, context),
  };
}

export function openVersion(
  keys: Keys,
  arn: string,
  version: VersionRow,
  keyPermit: Permit<"kms:Decrypt", KeyResource>,
): Soon<SecretValue> {
  return soon(openBytes(keys, arn, version, keyPermit), (bytes) =>
    valueFrom(version.body.form, bytes),
  );
}

export async function resealVersion(
  keys: Keys,
  arn: string,
  { version, decrypt, encrypt }: Reseal,
): Promise<SealedVersion> {
  const bytes = await openBytes(keys, arn, version, decrypt);
  const context = encryptionContext(arn, version.body.versionId);
  return {
    replaces: version,
    body: { ...version.body, keyArn: encrypt.resource.arn },
    sealed: await sealedBytes(keys, encrypt, bytes, context),
  };
}

function openBytes(
  keys: Keys,
  arn: string,
  { key, body, sealed }: VersionRow,
  keyPermit: Permit<"kms:Decrypt", KeyResource>,
): Soon<Buffer> {
  if (sealed === undefined) throw new Error(`The version ${key} has no value`);
  return rescued(
    () => keys.openValue(keyPermit, sealed, encryptionContext(arn, body.versionId)),
    (error) => {
      throw refusedAs(decryptionFailure, error);
    },
  );
}

async function sealedBytes(
  keys: Keys,
  permit: Permit<"kms:GenerateDataKey" | "kms:Encrypt", KeyResource>,
  bytes: Uint8Array,
  context: EncryptionContext,
): Promise<Buffer> {
  try {
    return await keys.sealValue(permit, bytes, context);
  } catch (error) {
    throw refusedAs(encryptionFailure, error);
  }
}

/** What KMS refuses (a key that is disabled or about to go) is an error of Secrets Manager's. */
function refusedAs(failure: (cause: ApiError) => ApiError, error: unknown): unknown {
  return error instanceof ApiError ? failure(error) : error;
}
