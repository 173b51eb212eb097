/**
 * Versions on their way to replicas: the same value, sealed anew under the key of each region and
 * bound to the replica's ARN.
 */
import type { Permit } from "../authorization/authorize.ts";
import { ApiError } from "../errors.ts";
import type { KeyResource, Keys } from "../keys/keys.ts";
import type { Row } from "../storage/storage.ts";
import { inRegion, type SealedVersion, type VersionRecord } from "./records.ts";
import type { Copies } from "./saving.ts";
import { openVersion, sealVersion } from "./sealing.ts";
import type { SecretValue } from "./value.ts";

/** The key of a replica, or why nothing can be sealed with it. */
export type ReplicaKey = { readonly region: string } & (
  | { readonly permit: Permit<"kms:GenerateDataKey", KeyResource>; readonly problem?: undefined }
  | { readonly permit?: undefined; readonly problem: string }
);

/** A version that is stored already, and the permit to open it. */
export interface Opening {
  readonly version: Row<VersionRecord>;
  readonly decrypt: Permit<"kms:Decrypt", KeyResource>;
}

/** A value in the clear, on its way. */
export interface Copied {
  readonly versionId: string;
  readonly value: SecretValue;
  readonly createdDate: number;
}

export function openForCopies(
  keys: Keys,
  arn: string,
  openings: readonly Opening[],
): Promise<readonly Copied[]> {
  return Promise.all(
    openings.map(async ({ version, decrypt }) => ({
      versionId: version.body.versionId,
      value: await openVersion(keys, arn, version, decrypt),
      createdDate: version.body.createdDate,
    })),
  );
}

/** What can't be sealed for a region is that region's failure: the primary's write goes on. */
export async function sealCopies(
  keys: Keys,
  arn: string,
  copied: readonly Copied[],
  replicaKeys: readonly ReplicaKey[],
): Promise<Copies> {
  const sealed = replicaKeys.map(async (replicaKey) => {
    const { region } = replicaKey;
    return [region, await sealFor(keys, inRegion(arn, region), copied, replicaKey)] as const;
  });
  return new Map(await Promise.all(sealed));
}

async function sealFor(
  keys: Keys,
  arn: string,
  copied: readonly Copied[],
  { permit, problem }: ReplicaKey,
): Promise<readonly SealedVersion[] | string> {
  if (permit === undefined) return problem;
  try {
    return await Promise.all(
      copied.map(({ versionId, value, createdDate }) =>
        sealVersion(keys, arn, { versionId, value, keyPermit: permit }, createdDate),
      ),
    );
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
