/** Ends a grant, by whoever administers the key. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKeyById } from "./authorize-key.ts";
import { notForAwsResource, requireGrantId } from "./grants.ts";
import { dryRun, grantId, keyId } from "./members.ts";
import { refuseDryRun } from "./use-errors.ts";

export const revokeGrant = operation({
  name: "RevokeGrant",
  isReadOnly: false,
  input: structure({ KeyId: required(keyId), GrantId: required(grantId), DryRun: dryRun }),
  permit: ({ KeyId }, call) =>
    authorizeKeyById(call, "kms:RevokeGrant", KeyId, { conditions: notForAwsResource }),
  async run({ GrantId, DryRun }, permit, { vault }) {
    requireGrantId(GrantId);
    await vault.keys.grants.require(permit.resource.record, GrantId);
    refuseDryRun(DryRun);
    await vault.keys.grants.revoke(permit, GrantId);
    return undefined;
  },
});
