/** A key's policy in KMS's layout, with the unique ids of principals that are gone. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { defaultPolicyName, requireDefault } from "./key-policy.ts";
import { keyId, policyName } from "./members.ts";
import { laidOut } from "./policy-layout.ts";

export const getKeyPolicy = operation({
  name: "GetKeyPolicy",
  isReadOnly: true,
  input: structure({ KeyId: required(keyId), PolicyName: policyName }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:GetKeyPolicy", KeyId),
  async run({ PolicyName }, { resource }, { vault }) {
    requireDefault(PolicyName);
    const { policy, policyPrincipals = {} } = resource.record;
    const shown = await vault.principals.named.shownPolicy(policy, policyPrincipals);
    return { Policy: laidOut(shown), PolicyName: defaultPolicyName };
  },
});
