/** The grants of a key. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKeyById } from "./authorize-key.ts";
import { grantOutput, notForAwsResource, requireGrantId } from "./grants.ts";
import { pageOutput } from "./key-page.ts";
import { grantId, keyId, limit, marker, principal } from "./members.ts";

const limitDefault = 50;
const limitMax = 100;

export const listGrants = operation({
  name: "ListGrants",
  isReadOnly: true,
  input: structure({
    Limit: limit,
    Marker: marker,
    KeyId: required(keyId),
    GrantId: grantId,
    GranteePrincipal: principal,
  }),
  permit: ({ KeyId }, call) =>
    authorizeKeyById(call, "kms:ListGrants", KeyId, { conditions: notForAwsResource }),
  async run({ GrantId, GranteePrincipal, Limit = limitDefault, Marker }, permit, call) {
    if (GrantId !== undefined) requireGrantId(GrantId);
    const filter = { grantId: GrantId, granteeArn: GranteePrincipal };
    const limit = Math.min(Limit, limitMax);
    const page = await call.vault.keys.grants.list(permit, filter, limit, Marker);
    const grants = await Promise.all(page.items.map((grant) => grantOutput(call, grant)));
    return pageOutput("Grants", page, grants);
  },
});
