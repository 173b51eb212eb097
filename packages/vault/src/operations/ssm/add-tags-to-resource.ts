/** AddTagsToResource: adds tags to a parameter, or gives those that it has another value. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { domainTags, tagConditions, tags } from "./members.ts";
import { locateTagged, taggedResource } from "./tagged-resource.ts";

export const addTagsToResource = operation({
  name: "AddTagsToResource",
  isReadOnly: false,
  input: structure({ ...taggedResource, Tags: required(tags) }),

  async permit(input, call) {
    const parameter = await locateTagged(input, call);
    return call.authorize("ssm:AddTagsToResource", parameter, tagConditions(input.Tags));
  },

  async run({ Tags }, permit, call) {
    await call.vault.parameters.addTags(permit, domainTags(Tags));
    return {};
  },
});
