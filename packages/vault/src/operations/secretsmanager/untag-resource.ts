/** Takes tags from a secret. */
import { withoutTags } from "../../secrets/administration.ts";
import { list, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret, requireKept } from "./authorize-secret.ts";
import { secretId } from "./members.ts";
import { checkTagKey } from "./tags.ts";

export const untagResource = operation({
  name: "UntagResource",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    TagKeys: required(list(string({ min: 1, max: 128 }))),
  }),
  async permit({ SecretId, TagKeys }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    const conditions = TagKeys.length > 0 ? { "aws:TagKeys": TagKeys } : {};
    const permit = authorizeSecret(call, "secretsmanager:UntagResource", secret, conditions);
    requireKept(
      call,
      "secretsmanager:UntagResource",
      secret,
      withoutTags(secret.tags, new Set(TagKeys)),
      conditions,
    );
    TagKeys.forEach(checkTagKey);
    return permit;
  },
  async run({ TagKeys }, permit, { vault }) {
    await vault.secrets.administration.untag(permit, new Set(TagKeys));
    return undefined;
  },
});
