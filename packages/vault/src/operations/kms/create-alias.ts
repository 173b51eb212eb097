/** Gives a key a name. The caller needs the permission on the alias and on the key. */
import { ApiError, validationError } from "../../errors.ts";
import { aliasPrefix, parseKeyId } from "../../keys/key-id.ts";
import { aliasResource } from "../../keys/key-record.ts";
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";

export const createAlias = operation({
  name: "CreateAlias",
  isReadOnly: false,
  input: structure({
    AliasName: required(string({ min: 1, max: 256, pattern: "^[a-zA-Z0-9:/_-]+$" })),
    TargetKeyId: required(keyId),
  }),
  async permit({ AliasName, TargetKeyId }, call) {
    requireName(AliasName);
    if (parseKeyId(call.scope, TargetKeyId).type === "alias") {
      throw validationError("Aliases must refer to keys. Not aliases");
    }
    return {
      alias: call.authorize("kms:CreateAlias", aliasResource(call.scope, AliasName)),
      target: await authorizeKey(call, "kms:CreateAlias", TargetKeyId),
    };
  },
  async run(_input, { alias, target }, { vault }) {
    await vault.keys.createAlias(alias, target);
    return undefined;
  },
});

function requireName(name: string): void {
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
