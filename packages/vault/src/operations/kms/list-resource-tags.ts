/** The tags of a key, by name. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { pageOf, pageOutput } from "./key-page.ts";
import { keyId, limit, marker } from "./members.ts";

const limitMax = 50;

export const listResourceTags = operation({
  name: "ListResourceTags",
  isReadOnly: true,
  input: structure({ KeyId: required(keyId), Limit: limit, Marker: marker }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:ListResourceTags", KeyId),
  async run({ Limit = limitMax, Marker }, { resource }, { vault }) {
    const tags = Object.entries(resource.tags)
      .map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
      .sort((one, other) => (one.TagKey < other.TagKey ? -1 : 1));
    const page = await vault.keys.markers.page(`tags of ${resource.arn}`, Marker, (after) =>
      pageOf(tags, ({ TagKey }) => TagKey, Math.min(Limit, limitMax), after),
    );
    return pageOutput("Tags", page, page.items);
  },
});
