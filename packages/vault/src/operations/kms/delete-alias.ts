/** Takes a name away; the key stays. The caller needs the permission on the alias and on its key. */
import { aliasResource } from "../../keys/key-resource.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { requireAliasName } from "./alias-name.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { aliasName } from "./members.ts";

export const deleteAlias = operation({
  name: "DeleteAlias",
  isReadOnly: false,
  input: structure({ AliasName: required(aliasName) }),
  async permit({ AliasName }, call) {
    requireAliasName(AliasName);
    const alias = call.authorize("kms:DeleteAlias", aliasResource(call.scope, AliasName));
    const { arn } = await call.vault.keys.locate(call.scope, AliasName);
    return { alias, target: await authorizeOwnKey(call, "kms:DeleteAlias", arn) };
  },
  async run(_input, { alias, target }, { vault }) {
    await vault.keys.aliases.delete(alias, target);
    return undefined;
  },
});
