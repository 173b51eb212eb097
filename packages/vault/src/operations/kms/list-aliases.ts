/** The aliases of the account in the region, or those of one key. */
import { requireNoAlias } from "../../keys/key-id.ts";
import { keysResource } from "../../keys/key-resource.ts";
import { structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { pageOutput } from "./key-page.ts";
import { keyId, limit, marker } from "./members.ts";

const limitDefault = 50;

export const listAliases = operation({
  name: "ListAliases",
  isReadOnly: true,
  input: structure({ KeyId: keyId, Limit: limit, Marker: marker }),
  permit: (_input, call) => call.authorize("kms:ListAliases", keysResource(call.scope)),
  async run({ KeyId, Limit = limitDefault, Marker }, permit, { vault, scope }) {
    // Takes a key's id or ARN only: an alias would ask for the names of a name.
    if (KeyId !== undefined) requireNoAlias(scope, KeyId);
    const target = KeyId === undefined ? undefined : await vault.keys.locate(scope, KeyId);
    const page = await vault.keys.listAliases(permit, target, Limit, Marker);
    const aliases = page.items.map(
      ({ aliasName, aliasArn, targetKeyId, createdAt, updatedAt }) => ({
        AliasName: aliasName,
        AliasArn: aliasArn,
        ...(targetKeyId !== undefined && { TargetKeyId: targetKeyId }),
        ...(createdAt !== undefined && { CreationDate: new Date(createdAt) }),
        ...(updatedAt !== undefined && { LastUpdatedDate: new Date(updatedAt) }),
      }),
    );
    return pageOutput("Aliases", page, aliases);
  },
});
