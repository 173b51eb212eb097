/** Ends a grant, by whom the grant itself lets do so: no key policy has a say. */
import { validationError } from "../../errors.ts";
import { invalidGrantToken } from "../../keys/key-errors.ts";
import { requireNoAlias } from "../../keys/key-id.ts";
import { keyArn } from "../../keys/key-record.ts";
import { string, structure } from "../../shapes/shapes.ts";
import { keyConditions } from "../key-use.ts";
import { type Call, operation } from "../operation.ts";
import { requireGrantId } from "./grants.ts";
import { dryRun, grantId, keyId } from "./members.ts";
import { refuseDryRun } from "./use-errors.ts";

export const retireGrant = operation({
  name: "RetireGrant",
  isReadOnly: false,
  input: structure({
    GrantToken: string({ min: 1, max: 8192 }),
    KeyId: keyId,
    GrantId: grantId,
    DryRun: dryRun,
  }),
  async permit(input, call) {
    const { keys } = call.vault;
    const named = await nameOf(input, call);
    const key = await keys.locate(call.scope, named.keyId);
    const grant = await keys.grants.locate(key, named.grantId, call.principal);
    return call.authorize("kms:RetireGrant", grant, keyConditions(call, {}));
  },
  async run({ DryRun }, permit, { vault }) {
    refuseDryRun(DryRun);
    await vault.keys.grants.retire(permit);
    return undefined;
  },
});

interface Named {
  readonly GrantToken?: string | undefined;
  readonly KeyId?: string | undefined;
  readonly GrantId?: string | undefined;
}

async function nameOf({ GrantToken, KeyId, GrantId }: Named, call: Call) {
  if (GrantToken !== undefined && KeyId === undefined && GrantId === undefined) {
    const named = await call.vault.keys.grants.tokens.open(GrantToken);
    if (named === undefined) throw invalidGrantToken();
    return { keyId: keyArn(named, named.keyId), grantId: named.grantId };
  }
  if (GrantToken !== undefined || KeyId === undefined || GrantId === undefined) {
    throw validationError("Please specify either a grant token or both key ID and grant ID.");
  }
  requireNoAlias(call.scope, KeyId);
  requireGrantId(GrantId);
  return { keyId: KeyId, grantId: GrantId };
}
