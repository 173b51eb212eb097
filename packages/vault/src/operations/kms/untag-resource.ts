/** Removes tags from a key. */
import { list, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";
import { requireLawfulKeys } from "./tags.ts";

export const untagResource = operation({
  name: "UntagResource",
  isReadOnly: false,
  input: structure({
    KeyId: required(keyId),
    TagKeys: required(list(string({ min: 1, max: 128 }))),
  }),
  permit({ KeyId, TagKeys }, call) {
    requireLawfulKeys(TagKeys);
    return authorizeOwnKey(call, "kms:UntagResource", KeyId, { "aws:TagKeys": TagKeys });
  },
  async run({ TagKeys }, permit, { vault }) {
    await vault.keys.administration.untag(permit, new Set(TagKeys));
    return undefined;
  },
});
