/** ListTagsForResource: the tags of a parameter. */
import { structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { locateTagged, taggedResource } from "./tagged-resource.ts";

export const listTagsForResource = operation({
  name: "ListTagsForResource",
  isReadOnly: true,
  input: structure(taggedResource),

  async permit(input, call) {
    return call.authorize("ssm:ListTagsForResource", await locateTagged(input, call));
  },

  run(_input, permit, call) {
    const tags = Object.entries(call.vault.parameters.tags(permit));
    return { TagList: tags.map(([Key, Value]) => ({ Key, Value })) };
  },
});
