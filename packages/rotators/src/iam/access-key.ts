/**
 * Rotates an access key of an IAM user, of AWS's IAM or the vault's own. A user has two keys at
 * most: the second one is made, and the first is deleted when nobody uses it any more.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  LimitExceededException,
  ListAccessKeysCommand,
  NoSuchEntityException,
} from "@aws-sdk/client-iam";
import { type Rotation, RotationFailure, type Rotator } from "../rotator.ts";
import { type AccessKeyPair, parseAccessKey, withAccessKey } from "./access-key-secret.ts";
import { iamOf } from "./endpoint.ts";
import { removeOrphans } from "./orphans.ts";

/** `endpoints`: of further IAMs that the operator allows. */
export function iamAccessKey(endpoints: readonly string[] = []): Rotator {
  return {
    type: "IAMAccessKey",
    title: "IAM access key",
    strategy: "overlap",
    standing: "tested against a stand-in",
    documentation:
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    metadata: {
      userName: {
        required: true,
        says: "The user whose key it is. Its access keys are the rotation's alone.",
      },
      endpoint: {
        required: false,
        says: "Of the IAM that has the user: https://iam.amazonaws.com, or one of the rotators file's endpoints; without it the vault's own.",
      },
    },

    async createSecret(rotation) {
      const { value } = await rotation.versions.current();
      return asAdmin(rotation, endpoints, async (iam) => {
        await removeOrphans(iam, rotation);
        const { AccessKey } = await iam
          .send(new CreateAccessKeyCommand(userOf(rotation)))
          .catch(told);
        const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
        if (!accessKeyId || !secretAccessKey)
          throw new RotationFailure("IAM answers without a key.");
        return { secretString: withAccessKey(value, { accessKeyId, secretAccessKey }) };
      });
    },

    async testSecret(rotation, value) {
      const iam = clientOf(rotation, endpoints, parseAccessKey(value));
      try {
        for (let wait = 500; !(await isKnown(iam, rotation.signal)); wait *= 2) {
          // On AWS a new key takes some seconds to be known everywhere.
          if (wait > 8_000) throw new RotationFailure("IAM doesn't know the key.");
          await sleep(wait, undefined, { signal: rotation.signal });
        }
      } finally {
        iam.destroy();
      }
    },

    async revokeSecret(rotation, value) {
      await asAdmin(rotation, endpoints, async (iam) => {
        if (value === undefined) return removeOrphans(iam, rotation);
        const { accessKeyId } = parseAccessKey(value);
        await requireNotCurrent(rotation, accessKeyId);
        await iam
          .send(new DeleteAccessKeyCommand({ ...userOf(rotation), AccessKeyId: accessKeyId }))
          .catch((error) => {
            if (!(error instanceof NoSuchEntityException)) throw error;
          });
      });
    },
  };
}

/** With the admin secret's key, or else with AWSCURRENT's own: a user may manage its own keys. */
async function asAdmin<Result>(
  rotation: Rotation,
  endpoints: readonly string[],
  work: (iam: IAMClient) => Promise<Result>,
) {
  const { metadata, versions } = rotation;
  const value =
    metadata.adminSecretArn === undefined
      ? (await versions.current()).value
      : await versions.valueOf(metadata.adminSecretArn);
  const iam = clientOf(rotation, endpoints, parseAccessKey(value));
  try {
    return await work(iam);
  } finally {
    iam.destroy();
  }
}

function clientOf(rotation: Rotation, endpoints: readonly string[], credentials: AccessKeyPair) {
  const there = iamOf(rotation, endpoints);
  const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000 };
  return new IAMClient({ ...there, credentials, requestHandler });
}

function userOf({ metadata: { userName } }: Rotation) {
  return { UserName: userName };
}

const unknownKey = new Set(["InvalidClientTokenId", "SignatureDoesNotMatch"]);

/** What the key's user may do doesn't matter: whom IAM denies something it has recognised. */
async function isKnown(iam: IAMClient, abortSignal: AbortSignal): Promise<boolean> {
  try {
    await iam.send(new ListAccessKeysCommand({ MaxItems: 1 }), { abortSignal });
    return true;
  } catch (error) {
    const { name } = error as Error;
    if (unknownKey.has(name)) return false;
    if (name === "AccessDenied") return true;
    throw error;
  }
}

/** Two versions may hold one key, where somebody put an old value back. */
async function requireNotCurrent({ token, versions }: Rotation, accessKeyId: string) {
  const { versionId, value } = await versions.current();
  if (versionId === token || parseAccessKey(value).accessKeyId !== accessKeyId) return;
  throw new RotationFailure("AWSCURRENT has the same access key: it can't be revoked alone.");
}

function told(error: unknown): never {
  if (!(error instanceof LimitExceededException)) throw error;
  throw new RotationFailure(
    "The user has two access keys already, and none is left over from a rotation: delete the one that AWSCURRENT doesn't hold.",
  );
}
