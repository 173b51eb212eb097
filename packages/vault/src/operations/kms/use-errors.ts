/** What can be wrong with a use of a key that is allowed and enabled. */
import { ApiError } from "../../errors.ts";

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
