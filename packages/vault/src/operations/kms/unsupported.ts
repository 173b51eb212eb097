/** What AWS's KMS has and this vault's keys are not: said by name, in AWS's error for it. */
import { ApiError } from "../../errors.ts";

export function unsupported(what: string, reason: string): ApiError {
  return new ApiError(
    "UnsupportedOperationException",
    `${what} is not supported by this vault: ${reason}`,
  );
}
