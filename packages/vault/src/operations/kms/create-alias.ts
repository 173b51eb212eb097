/** Gives a key a name. The caller needs the permission on the alias and on the key. */
import { aliasResource } from "../../keys/key-resource.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { requireAliasName, requireKey } from "./alias-name.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { aliasName, keyId } from "./members.ts";

export const createAlias = operation({
  name: "CreateAlias",
  isReadOnly: false,
  input: structure({ AliasName: required(aliasName), TargetKeyId: required(keyId) }),
  async permit({ AliasName, TargetKeyId }, call) {
    requireAliasName(AliasName);
    requireKey(call, TargetKeyId);
    return {
      alias: call.authorize("kms:CreateAlias", aliasResource(call.scope, AliasName)),
      target: await authorizeOwnKey(call, "kms:CreateAlias", TargetKeyId),
    };
  },
  async run(_input, { alias, target }, { vault }) {
    await vault.keys.aliases.create(alias, target);
    return undefined;
  },
});
