/** The errors of the vault's own StartRekey. */
import type { RootKeyError } from "../../encryption/root-keys/root-key.ts";
import { ApiError } from "../../errors.ts";

export function rekeyInProgress(): ApiError {
  return new ApiError(
    "RekeyInProgressException",
    "The vault is still being sealed anew after its root key changed.",
    { detail: { Hint: "Wait until DescribeRekey says COMPLETE, then try again." } },
  );
}

/** The new root key can't be had, as the server sees it; nothing has changed. */
export function invalidRootKey(cause: RootKeyError): ApiError {
  const { message, hint } = cause;
  return new ApiError("InvalidRootKeyException", message, { cause, detail: { Hint: hint } });
}
