/**
 * Changes the vault's root key while it serves. `Source` is read by the server: its paths and its
 * cloud credentials are the server's. Not AWS's; `claviger rekey` is its client.
 */
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { rekeyOutput } from "./rekey-output.ts";

// Sensitive, for somebody will write the passphrase itself there: it stays out of the trail.
const text = { min: 1, max: 2048 } as const;

export const startRekey = operation({
  name: "StartRekey",
  isReadOnly: false,
  input: structure({
    Source: required(string({ ...text, isSensitive: true })),
    PassphraseFile: string(text),
  }),
  permit: (_input, call) => call.authorize("claviger:StartRekey", call.vault.rekey.resource()),
  async run({ Source: source, PassphraseFile: passphraseFile }, permit, { vault, notes }) {
    const output = rekeyOutput(await vault.rekey.start(permit, { source, passphraseFile }));
    notes.responseElements = responseElements(output);
    return output;
  },
});
