/** The regions that a secret is replicated to, as requests bring them and as replies show them. */
import type { ConditionKeys } from "../../authorization/types.ts";
import { checkReplicaRegions } from "../../secrets/replicas.ts";
import type { DatedReplica } from "../../secrets/replication.ts";
import { type Infer, list, string, structure } from "../../shapes/shapes.ts";
import type { Call } from "../operation.ts";
import { dateOf } from "./description.ts";
import { managedAlias } from "./encryption-key.ts";
import { kmsKeyId } from "./members.ts";

export const region = string({ min: 1, max: 128, pattern: "^([a-z]+-)+\\d+$" });

export const replicaRegions = list(structure({ Region: region, KmsKeyId: kmsKeyId }), { min: 1 });

export interface ReplicaRegion {
  readonly region: string;
  readonly kmsKeyId: string | undefined;
}

/** Throws for a region that is missing, named twice, or the secret's own. */
export function readReplicaRegions(
  { scope }: Call,
  given: Infer<typeof replicaRegions>,
): readonly ReplicaRegion[] {
  checkReplicaRegions(
    scope.region,
    given.map(({ Region }) => Region),
  );
  return given.map(({ Region = "", KmsKeyId }) => ({ region: Region, kmsKeyId: KmsKeyId }));
}

/** What policies may ask about a request that replicates. */
export function replicationConditions({
  AddReplicaRegions: regions = [],
  ForceOverwriteReplicaSecret: isForced,
}: {
  readonly AddReplicaRegions?: Infer<typeof replicaRegions> | undefined;
  readonly ForceOverwriteReplicaSecret?: boolean | undefined;
}): ConditionKeys {
  return {
    ...(regions.length > 0 && {
      "secretsmanager:AddReplicaRegions": regions.flatMap(({ Region }) => Region ?? []),
    }),
    ...(isForced !== undefined && {
      "secretsmanager:ForceOverwriteReplicaSecret": String(isForced),
    }),
  };
}

export function replicationStatus(replicas: readonly DatedReplica[]) {
  return replicas.map((replica) => ({
    Region: replica.region,
    KmsKeyId: replica.kmsKeyId ?? managedAlias,
    Status: replica.status,
    StatusMessage: replica.statusMessage,
    LastAccessedDate: dateOf(replica.lastAccessedDate),
  }));
}
