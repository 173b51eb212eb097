/** Adds tags to a key, or gives those it has other values. */
import { list, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { requestTagConditions } from "../request-tags.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";
import { readTags, tag } from "./tags.ts";

export const tagResource = operation({
  name: "TagResource",
  isReadOnly: false,
  input: structure({ KeyId: required(keyId), Tags: required(list(tag)) }),
  async permit({ KeyId, Tags }, call) {
    const tags = readTags(Tags);
    const conditions = requestTagConditions(tags);
    return { tags, permit: await authorizeOwnKey(call, "kms:TagResource", KeyId, conditions) };
  },
  async run(_input, { tags, permit }, { vault }) {
    await vault.keys.administration.tag(permit, tags);
    return undefined;
  },
});
