/** Tells what a key is; never its material. An AWS alias gets its key made when first described. */
import { managedAliasOf } from "../../keys/key-id.ts";
import { keyResourceToBe } from "../../keys/key-resource.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { keyConditions } from "../key-use.ts";
import { type Call, operation } from "../operation.ts";
import { authorizeKey } from "./authorize-key.ts";
import { keyMetadata } from "./key-metadata.ts";
import { grantTokens, keyId } from "./members.ts";

export const describeKey = operation({
  name: "DescribeKey",
  isReadOnly: true,
  input: structure({ KeyId: required(keyId), GrantTokens: grantTokens }),
  async permit({ KeyId, GrantTokens }, call) {
    await makeManagedKey(call, KeyId);
    return authorizeKey(call, "kms:DescribeKey", KeyId, { GrantTokens });
  },
  run: (_input, { resource }) => ({ KeyMetadata: keyMetadata(resource.record) }),
});

/** Nothing is made for who may not describe it. */
async function makeManagedKey(call: Call, keyId: string): Promise<void> {
  const { keys } = call.vault;
  const alias = managedAliasOf(call.scope, keyId);
  if (alias === undefined) return;
  const key = keyResourceToBe(call.scope, keys.nextKeyId());
  const conditions = { ...keyConditions(call, {}), "kms:RequestAlias": alias };
  if (call.isAllowed("kms:DescribeKey", key, conditions)) await keys.defaultKey(call.scope, alias);
}
