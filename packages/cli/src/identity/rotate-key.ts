/**
 * A new access key in place of a profile's own. Each step is written down before the next begins,
 * and the key in use is a working one at every moment: interrupted anywhere, the same command goes
 * on. https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { type AccessKey, type Profile, userNameOf, writeProfile } from "../profiles/profile.ts";
import { iamAt, stsAt } from "./clients.ts";

export interface Rotation {
  readonly profile: Profile;
  /** The id of the key that is gone. */
  readonly formerKeyId: string;
}

/** AWS knows a new key everywhere only after some seconds. */
const knownSecondsMax = 60;

export async function rotateKey(profile: Profile): Promise<Rotation> {
  const switched =
    profile.formerKeyId === undefined ? await switchKey(await withNextKey(profile)) : profile;
  const { formerKeyId = "" } = switched;
  await removeKey(switched, formerKeyId);
  const rotated: Profile = { ...switched, formerKeyId: undefined };
  writeProfile(rotated);
  return { profile: rotated, formerKeyId };
}

/** With the key that is to come: made now, or by a rotation that was interrupted. */
async function withNextKey(profile: Profile): Promise<Profile> {
  const UserName = userNameOf(profile);
  const iam = await iamAt(profile, profile.key);
  const { AccessKeyMetadata = [] } = await iam.listAccessKeys({ UserName });
  const others = AccessKeyMetadata.flatMap(({ AccessKeyId }) =>
    AccessKeyId === undefined || AccessKeyId === profile.key.accessKeyId ? [] : [AccessKeyId],
  );
  const [other] = others;
  if (other !== undefined && other === profile.nextKey?.accessKeyId) return profile;
  if (other !== undefined) throw twoKeys(profile, other);
  const { AccessKey: made } = await iam.createAccessKey({ UserName });
  const nextKey: AccessKey = {
    accessKeyId: made?.AccessKeyId ?? "",
    secretAccessKey: made?.SecretAccessKey ?? "",
  };
  const next: Profile = { ...profile, nextKey };
  writeProfile(next);
  return next;
}

async function switchKey(profile: Profile): Promise<Profile> {
  const { key, nextKey = key } = profile;
  await untilKnown(profile, nextKey);
  const switched: Profile = {
    ...profile,
    key: nextKey,
    nextKey: undefined,
    formerKeyId: key.accessKeyId,
  };
  writeProfile(switched);
  return switched;
}

/** The key speaks for the same user, and may do what is left to do. */
async function untilKnown(profile: Profile, key: AccessKey): Promise<void> {
  const [sts, iam] = await Promise.all([stsAt(profile, key), iamAt(profile, key)]);
  for (let second = 0; ; second++) {
    try {
      const { Arn } = await sts.getCallerIdentity();
      await iam.listAccessKeys({ UserName: userNameOf(profile) });
      if (Arn === profile.userArn) return;
      throw new CommandFailure(
        `the new key belongs to ${Arn}, not to ${profile.userArn}`,
        "the one before stays in use; see both: claviger keys list",
      );
    } catch (error) {
      const isUnknown = isOneOf(error, "InvalidClientTokenId", "InvalidAccessKeyId");
      if (!isUnknown || second >= knownSecondsMax) throw error;
      await sleep(1000);
    }
  }
}

/** With the key that took its place. One that is gone already is done with. */
async function removeKey(profile: Profile, AccessKeyId: string): Promise<void> {
  const iam = await iamAt(profile, profile.key);
  const which = { UserName: userNameOf(profile), AccessKeyId };
  try {
    await iam.updateAccessKey({ ...which, Status: "Inactive" });
    await iam.deleteAccessKey(which);
  } catch (error) {
    if (!isOneOf(error, "NoSuchEntityException", "NoSuchEntity")) throw error;
  }
}

function twoKeys(profile: Profile, other: string): CommandFailure {
  const user = userNameOf(profile);
  return new CommandFailure(
    `the user ${user} has two access keys already, the most that AWS allows`,
    `see when ${other} was last used (claviger keys list); if nobody needs it: ` +
      `aws iam delete-access-key --user-name ${user} --access-key-id ${other}`,
  );
}
