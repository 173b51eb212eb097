/** What an alias may be called. */
import { ApiError, validationError } from "../../errors.ts";
import { aliasPrefix, parseKeyId } from "../../keys/key-id.ts";
import type { Call } from "../operation.ts";

/** Throws what AWS says of a name that no customer's alias can have. */
export function requireAliasName(name: string): void {
  if (!name.startsWith(aliasPrefix)) {
    throw validationError(
      'Alias must start with the prefix "alias/". Please see ' +
        "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",
    );
  }
  // AWS's own names; AWS says nothing more.
  if (name.startsWith("alias/aws/")) throw new ApiError("NotAuthorizedException", "");
  if (name.includes(":")) {
    throw validationError(`${name} contains invalid characters for an alias`);
  }
  if (name === aliasPrefix) {
    throw new ApiError("InvalidAliasNameException", "The alias name must not be empty");
  }
}

/** A name is given to a key, not to another name. */
export function requireKey(call: Call, targetKeyId: string): void {
  if (parseKeyId(call.scope, targetKeyId).type === "alias") {
    throw validationError("Aliases must refer to keys. Not aliases");
  }
}
