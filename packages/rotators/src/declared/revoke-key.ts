/**
 * Kills at the provider what was made for one version, and nothing else, however often it is asked
 * and whatever earlier tries left behind.
 */

import { RotationFailure } from "../rotator.ts";
import type { Call, Identification, ListCall } from "./description.ts";
import { keyIdIn, keyIdOf } from "./key-ids.ts";
import { listKeys } from "./listed-keys.ts";
import { isSuccess, unexpected } from "./provider.ts";
import type { Step } from "./step.ts";

export interface RevocableKeys {
  readonly list: ListCall;
  readonly revoke: Call;
  readonly identify?: Identification;
}

const gone = [404, 410];

export async function revokeKey(step: Step, keyId: string, revoke: Call): Promise<void> {
  const reply = await step.tryToManage(revoke, { keyId });
  if (!isSuccess(reply) && !gone.includes(reply.status)) throw unexpected(revoke, reply);
}

/** `secret`: undefined where createSecret stored none. */
export async function revokeVersion(
  step: Step,
  secret: string | undefined,
  { list, revoke, identify }: RevocableKeys,
): Promise<void> {
  const { token, versions, keyName } = step.rotation;
  const version = { versionId: token, value: secret ?? "" };
  const stored = await versions.value(token);
  if (secret !== undefined && stored !== undefined && stored !== secret) {
    // Another try stored its key first: only the one that this try made goes.
    const own = await keyIdOf(step, version, await listKeys(step, list), identify);
    return revokeKey(step, own, revoke);
  }
  if (secret !== undefined && (await isSharedWithCurrent(step, secret))) return;
  // A key that manages itself can't ask for a list once it is dead.
  if (secret !== undefined && (await isManagedByItself(step)) && !(await step.isGood(secret)))
    return;
  const listed = await listKeys(step, list);
  const said = secret === undefined ? undefined : keyIdIn(step, secret, identify);
  const named = listed.filter(({ name }) => name === keyName).map(({ keyId }) => keyId);
  // The one in use comes last: it may be who asks.
  for (const keyId of named.filter((each) => each !== said)) await revokeKey(step, keyId, revoke);
  if (said !== undefined) return revokeKey(step, said, revoke);
  if (named.length > 0 || secret === undefined || !(await step.isGood(secret))) return;
  await revokeKey(step, await keyIdOf(step, version, listed, identify), revoke);
}

/**
 * Whether a new version is to go whose key AWSCURRENT has too, beside other members perhaps: it
 * made none. Of any other version it couldn't be revoked.
 */
export async function isSharedWithCurrent(step: Step, secret: string): Promise<boolean> {
  const { token, versions } = step.rotation;
  const current = await versions.current();
  const isShared = step.held(current.value).key === step.held(secret).key;
  if (current.versionId === token || !isShared) return false;
  if ((await versions.stagesOf(token)).includes("AWSPENDING")) return true;
  throw new RotationFailure("AWSCURRENT has the same key: rotate it first.");
}

async function isManagedByItself({ rotation }: Step): Promise<boolean> {
  const { metadata, versions, token } = rotation;
  return metadata.adminSecretArn === undefined && (await versions.current()).versionId === token;
}
