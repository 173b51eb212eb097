/** RemoveTagsFromResource: takes tags off a parameter; what it doesn't have is no error. */
import { list, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { tagKey } from "./members.ts";
import { locateTagged, taggedResource } from "./tagged-resource.ts";

export const removeTagsFromResource = operation({
  name: "RemoveTagsFromResource",
  isReadOnly: false,
  input: structure({ ...taggedResource, TagKeys: required(list(tagKey)) }),

  async permit(input, call) {
    const parameter = await locateTagged(input, call);
    const keys = { "aws:TagKeys": input.TagKeys };
    return call.authorize("ssm:RemoveTagsFromResource", parameter, keys);
  },

  async run({ TagKeys }, permit, call) {
    await call.vault.parameters.removeTags(permit, TagKeys);
    return {};
  },
});
