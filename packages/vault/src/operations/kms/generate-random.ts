/** Random bytes, of no key. */
import { validationError } from "../../errors.ts";
import { keysResource } from "../../keys/key-resource.ts";
import { integer, refused, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { recipient } from "./members.ts";

export const generateRandom = operation({
  name: "GenerateRandom",
  isReadOnly: true,
  input: structure({
    NumberOfBytes: integer({ min: 1, max: 1024 }),
    CustomKeyStoreId: refused("randomness is the vault's own."),
    Recipient: recipient,
  }),
  permit({ NumberOfBytes }, call) {
    if (NumberOfBytes === undefined) throw validationError("NumberOfBytes is required.");
    return call.authorize("kms:GenerateRandom", keysResource(call.scope));
  },
  run: ({ NumberOfBytes = 0 }, permit, { vault }) => ({
    Plaintext: vault.keys.randomBytes(permit, NumberOfBytes),
  }),
});
