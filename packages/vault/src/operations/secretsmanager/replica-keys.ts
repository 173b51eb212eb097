/**
 * The caller's permits to seal versions for a secret's replicas, each with the key of its region.
 * A key that can't be used fails its replica, not the request: its status tells why, as on AWS.
 */
import { ApiError } from "../../errors.ts";
import type { Opening, ReplicaKey } from "../../secrets/copies.ts";
import {
  inRegion,
  type SecretPermit,
  type SecretRecord,
  type SecretResource,
} from "../../secrets/records.ts";
import type { ReplicaTarget } from "../../secrets/replicas.ts";
import type { Call } from "../operation.ts";
import { authorizeKey, authorizeOpening, customerKeyId, locateKey } from "./encryption-key.ts";
import type { ReplicaRegion } from "./replica-regions.ts";

/** For the replicas that are in step with the secret. */
export async function permitReplicas(
  call: Call,
  { arn, accountId, replicas = [] }: SecretRecord,
  versionIds: readonly string[],
): Promise<readonly ReplicaKey[]> {
  const inSync = replicas.filter(({ status }) => status === "InSync");
  return Promise.all(
    inSync.map(({ region, kmsKeyId }) =>
      permitReplica(call, { arn, accountId }, { region, kmsKeyId }, versionIds),
    ),
  );
}

/** For replicas that are about to be. */
export async function permitReplicaTargets(
  call: Call,
  { arn, accountId }: SecretResource,
  regions: readonly ReplicaRegion[],
  versionIds: readonly string[],
): Promise<readonly ReplicaTarget[]> {
  return Promise.all(
    regions.map(async ({ region, kmsKeyId }) => ({
      ...(await permitReplica(call, { arn, accountId }, { region, kmsKeyId }, versionIds)),
      kmsKeyId: customerKeyId({ accountId, region }, kmsKeyId),
    })),
  );
}

/** What opens stored versions, to be copied; a text where one of them can't be opened. */
export async function permitOpenings(
  call: Call,
  permit: SecretPermit<"ReplicateSecretToRegions" | "UpdateSecretVersionStage">,
  versionIds: readonly string[],
): Promise<readonly Opening[] | string> {
  const versions = await call.vault.secrets.versions(permit, versionIds);
  try {
    return await Promise.all(
      versions.map(async (version) => ({
        version,
        decrypt: await authorizeOpening(call, permit.resource.arn, version.body),
      })),
    );
  } catch (error) {
    return problemOf(error);
  }
}

async function permitReplica(
  call: Call,
  { arn, accountId }: { readonly arn: string; readonly accountId: string },
  { region, kmsKeyId }: ReplicaRegion,
  versionIds: readonly string[],
): Promise<ReplicaKey> {
  // A key is asked through the service of its own region.
  const there: Call = { ...call, scope: { ...call.scope, region } };
  const replicaArn = inRegion(arn, region);
  try {
    const key = await locateKey(there, { accountId, region }, kmsKeyId);
    const ids = versionIds.length > 0 ? versionIds : ["RequestToValidateKeyAccess"];
    const permits = await Promise.all(
      ids.map(async (versionId) => {
        await authorizeKey(there, "kms:Encrypt", key, replicaArn, versionId);
        return authorizeKey(there, "kms:GenerateDataKey", key, replicaArn, versionId);
      }),
    );
    const [permit] = permits;
    if (permit === undefined) throw new Error("a key was asked for nothing");
    return { region, permit };
  } catch (error) {
    return { region, problem: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ApiError && error.fault === "client") return error.message;
  throw error;
}
