/** The ids and ARNs of all keys of the account in the region. */
import { keysResource } from "../../keys/key-resource.ts";
import { structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { pageOutput } from "./key-page.ts";
import { limit, marker } from "./members.ts";

const limitDefault = 100;

export const listKeys = operation({
  name: "ListKeys",
  isReadOnly: true,
  input: structure({ Limit: limit, Marker: marker }),
  permit: (_input, call) => call.authorize("kms:ListKeys", keysResource(call.scope)),
  async run({ Limit = limitDefault, Marker }, permit, { vault }) {
    const page = await vault.keys.list(permit, Limit, Marker);
    const keys = page.items.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn }));
    return pageOutput("Keys", page, keys);
  },
});
