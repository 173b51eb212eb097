/** Gives a name to another key. The caller needs the permission on the alias and on both keys. */
import { aliasResource } from "../../keys/key-resource.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { requireAliasName, requireKey } from "./alias-name.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { aliasName, keyId } from "./members.ts";

export const updateAlias = operation({
  name: "UpdateAlias",
  isReadOnly: false,
  input: structure({ AliasName: required(aliasName), TargetKeyId: required(keyId) }),
  async permit({ AliasName, TargetKeyId }, call) {
    requireAliasName(AliasName);
    requireKey(call, TargetKeyId);
    const alias = call.authorize("kms:UpdateAlias", aliasResource(call.scope, AliasName));
    const { arn } = await call.vault.keys.locate(call.scope, AliasName);
    return {
      alias,
      current: await authorizeOwnKey(call, "kms:UpdateAlias", arn),
      target: await authorizeOwnKey(call, "kms:UpdateAlias", TargetKeyId),
    };
  },
  async run(_input, { alias, current, target }, { vault }) {
    await vault.keys.aliases.update(alias, current, target);
    return undefined;
  },
});
