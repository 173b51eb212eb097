/**
 * Keys that a createSecret made and couldn't store. IAM's keys have no names, so that they are
 * known by what only they can be: in no version of the secret, younger than AWSCURRENT's key, and
 * never used, since nobody ever learned their secret. A key that somebody else may use stays.
 */
import {
  type AccessKeyMetadata,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  type IAMClient,
  ListAccessKeysCommand,
} from "@aws-sdk/client-iam";
import type { Rotation } from "../rotator.ts";
import { parseAccessKey } from "./access-key-secret.ts";

export async function removeOrphans(iam: IAMClient, rotation: Rotation): Promise<void> {
  const UserName = rotation.metadata.userName;
  const { AccessKeyMetadata: keys = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  const inVersions = new Set(
    (await rotation.versions.labelled()).map(({ value }) => parseAccessKey(value).accessKeyId),
  );
  const current = parseAccessKey((await rotation.versions.current()).value).accessKeyId;
  const currentKey = keys.find(({ AccessKeyId }) => AccessKeyId === current);
  for (const key of keys) {
    const { AccessKeyId } = key;
    if (AccessKeyId === undefined || inVersions.has(AccessKeyId)) continue;
    if (!isYounger(key, currentKey) || (await wasUsed(iam, AccessKeyId))) continue;
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  }
}

/** IAM counts in seconds: two of the same second may be either way. */
function isYounger(key: AccessKeyMetadata, current: AccessKeyMetadata | undefined): boolean {
  if (key.CreateDate === undefined || current?.CreateDate === undefined) return false;
  return key.CreateDate >= current.CreateDate;
}

async function wasUsed(iam: IAMClient, AccessKeyId: string): Promise<boolean> {
  const command = new GetAccessKeyLastUsedCommand({ AccessKeyId });
  const { AccessKeyLastUsed } = await iam.send(command);
  return AccessKeyLastUsed?.LastUsedDate !== undefined;
}
