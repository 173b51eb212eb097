/** A SecureString's KMS key, and KMS's refusals as Parameter Store passes them on. */
import type { Permit } from "../../authorization/authorize.ts";
import { ApiError, accessDenied } from "../../errors.ts";
import { managedAliasOf } from "../../keys/key-id.ts";
import type { KeyResource } from "../../keys/keys.ts";
import { defaultKeyAlias } from "../../parameters/parameters.ts";
import { rescued, type Soon } from "../../soon.ts";
import { authorizeKeyUse } from "../key-use.ts";
import type { Call } from "../operation.ts";

/** The key that a KeyId names now. AWS's own is made at its first use. */
export function locateKey(call: Call, keyId: string): Soon<KeyResource> {
  const { keys } = call.vault;
  return withInvalidKeyId(call, () =>
    managedAliasOf(call.scope, keyId) === defaultKeyAlias
      ? keys.defaultKey(call.scope, defaultKeyAlias)
      : keys.locate(call.scope, keyId),
  );
}

/** The permit to use the key for a parameter; where KMS refuses it, AWS quotes KMS. */
export function authorizeKey<Action extends "kms:Decrypt" | "kms:Encrypt" | "kms:GenerateDataKey">(
  call: Call,
  action: Action,
  key: KeyResource,
  parameterArn: string,
): Soon<Permit<Action, KeyResource>> {
  return rescued(
    () => authorizeKeyUse(call, action, key, "ssm", { PARAMETER_ARN: parameterArn }),
    (error) => {
      if (!(error instanceof ApiError) || error.code !== "AccessDenied") throw error;
      throw accessDenied(quoted(call, error.message, "AccessDeniedException"), error);
    },
  );
}

const keyProblems = new Set([
  "NotFoundException",
  "DisabledException",
  "KMSInvalidStateException",
  "InvalidKeyUsageException",
]);

/** Says what KMS finds wrong with a key as AWS does: in an InvalidKeyId that quotes KMS. */
export function withInvalidKeyId<Result>(call: Call, useKey: () => Soon<Result>): Soon<Result> {
  return rescued(useKey, (error) => {
    if (!(error instanceof ApiError) || !keyProblems.has(error.code)) throw error;
    throw new ApiError("InvalidKeyId", quoted(call, error.message, error.code), { cause: error });
  });
}

function quoted({ requestId }: Call, message: string, code: string): string {
  return `${message} (Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`;
}
