/** Tells what a key is; never its material. An AWS alias gets its key made when first described. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKey } from "./authorize-key.ts";
import { keyMetadata } from "./key-metadata.ts";
import { grantTokens, keyId } from "./members.ts";

export const describeKey = operation({
  name: "DescribeKey",
  isReadOnly: true,
  input: structure({ KeyId: required(keyId), GrantTokens: grantTokens }),
  permit: ({ KeyId }, call) => authorizeKey(call, "kms:DescribeKey", KeyId),
  run: (_input, { resource }) => ({ KeyMetadata: keyMetadata(resource.record) }),
});
