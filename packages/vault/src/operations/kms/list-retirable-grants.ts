/** The grants, of whatever keys, that a principal of the caller's account may retire. */
import { keysResource } from "../../keys/key-resource.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { grantOutput, readPrincipal } from "./grants.ts";
import { pageOutput } from "./key-page.ts";
import { limit, marker, principal } from "./members.ts";

const limitDefault = 50;
const limitMax = 100;

export const listRetirableGrants = operation({
  name: "ListRetirableGrants",
  isReadOnly: true,
  input: structure({ Limit: limit, Marker: marker, RetiringPrincipal: required(principal) }),
  permit: (_input, call) => call.authorize("kms:ListRetirableGrants", keysResource(call.scope)),
  async run({ RetiringPrincipal, Limit = limitDefault, Marker }, permit, call) {
    const retiring = await readPrincipal(call, RetiringPrincipal);
    const limit = Math.min(Limit, limitMax);
    const page = await call.vault.keys.grants.listRetirable(permit, retiring, limit, Marker);
    const grants = await Promise.all(page.items.map((grant) => grantOutput(call, grant)));
    return pageOutput("Grants", page, grants);
  },
});
