/** Adds tags to a secret, or gives tags that are there another value. */
import { withTags } from "../../secrets/administration.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { requestTagConditions } from "../request-tags.ts";
import { authorizeSecret, requireKept } from "./authorize-secret.ts";
import { secretId } from "./members.ts";
import { readTags, tags } from "./tags.ts";

export const tagResource = operation({
  name: "TagResource",
  isReadOnly: false,
  input: structure({ SecretId: required(secretId), Tags: required(tags) }),
  async permit({ SecretId, Tags }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    const given = readTags(Tags);
    const conditions = requestTagConditions(given);
    const permit = authorizeSecret(call, "secretsmanager:TagResource", secret, conditions);
    requireKept(
      call,
      "secretsmanager:TagResource",
      secret,
      withTags(secret.tags, given),
      conditions,
    );
    return { permit, given };
  },
  async run(_input, { permit, given }, { vault }) {
    await vault.secrets.administration.tag(permit, given);
    return undefined;
  },
});
