/** What AWS has no service for: the vault itself. Signed, authorised and audited like all else. */
import type { Service } from "../operation.ts";
import { describeRekey } from "./describe-rekey.ts";
import { describeRotation } from "./describe-rotation.ts";
import { endRotationOverlap } from "./end-rotation-overlap.ts";
import { listRotations } from "./list-rotations.ts";
import { listSecretReaders } from "./list-secret-readers.ts";
import { revokeSecretVersion } from "./revoke-secret-version.ts";
import { startRekey } from "./start-rekey.ts";
import { testSecretVersion } from "./test-secret-version.ts";
import { watchChanges } from "./watch-changes.ts";

export const claviger: Service = {
  name: "claviger",
  protocol: "aws-json",
  targetPrefixes: ["Claviger_20261122."],
  version: "2026-11-22",
  xmlNamespace: undefined,
  operations: [
    describeRekey,
    describeRotation,
    endRotationOverlap,
    listRotations,
    listSecretReaders,
    revokeSecretVersion,
    startRekey,
    testSecretVersion,
    watchChanges,
  ],
};
