/** The names of a key's policies: there is one, and it is called default. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { pageOf, pageOutput } from "./key-page.ts";
import { defaultPolicyName } from "./key-policy.ts";
import { keyId, limit, marker } from "./members.ts";

const limitDefault = 100;

export const listKeyPolicies = operation({
  name: "ListKeyPolicies",
  isReadOnly: true,
  input: structure({ KeyId: required(keyId), Limit: limit, Marker: marker }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:ListKeyPolicies", KeyId),
  async run({ Limit = limitDefault, Marker }, { resource }, { vault }) {
    const page = await vault.keys.markers.page(`policies of ${resource.arn}`, Marker, (after) =>
      pageOf([defaultPolicyName], (name) => name, Limit, after),
    );
    return pageOutput("PolicyNames", page, page.items);
  },
});
