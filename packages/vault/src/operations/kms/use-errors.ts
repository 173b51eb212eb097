/** What can be wrong with a use of a key that is allowed and enabled. */
import { ApiError } from "../../errors.ts";
import type { KeyResource } from "../../keys/key-resource.ts";
import { requireState, type StatefulOperation } from "../../keys/key-states.ts";

/** All keys are symmetric, so every other algorithm is the wrong one. */
export function requireSymmetric(algorithm: string | undefined): void {
  if (algorithm === undefined || algorithm === "SYMMETRIC_DEFAULT") return;
  throw new ApiError(
    "InvalidKeyUsageException",
    `Algorithm ${algorithm} is incompatible with key spec SYMMETRIC_DEFAULT.`,
  );
}

/** DryRun ends in an error either way; this is the good one. */
export function refuseDryRun(isDryRun: boolean | undefined): void {
  if (isDryRun !== true) return;
  throw new ApiError(
    "DryRunOperationException",
    "The request would have succeeded, but the DryRun option is set.",
  );
}

/** For what a dry run must not do: ends it when everything else is in order. */
export function requireUsable(
  operation: StatefulOperation,
  { record }: KeyResource,
  isDryRun: boolean | undefined,
): void {
  requireState(operation, record);
  refuseDryRun(isDryRun);
}
