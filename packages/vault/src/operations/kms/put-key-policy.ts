/** Replaces a key's policy, unless its caller would lock everybody out that way. */
import { boolean, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { bypassConditions, readKeyPolicy, requireDefault } from "./key-policy.ts";
import { keyId, policy, policyName } from "./members.ts";

export const putKeyPolicy = operation({
  name: "PutKeyPolicy",
  isReadOnly: false,
  input: structure({
    KeyId: required(keyId),
    PolicyName: policyName,
    Policy: required(policy),
    BypassPolicyLockoutSafetyCheck: boolean(),
  }),
  permit: ({ KeyId, BypassPolicyLockoutSafetyCheck: isBypassed }, call) =>
    authorizeOwnKey(call, "kms:PutKeyPolicy", KeyId, bypassConditions(isBypassed)),
  async run({ PolicyName, Policy, BypassPolicyLockoutSafetyCheck: isBypassed }, permit, call) {
    requireDefault(PolicyName);
    const policy = await readKeyPolicy(call, permit.resource, Policy, isBypassed);
    await call.vault.keys.administration.putPolicy(permit, policy);
    return undefined;
  },
});
