/** Where the vault's root key comes from, and how far the last change of it is. */
import { structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { rekeyOutput } from "./rekey-output.ts";

export const describeRekey = operation({
  name: "DescribeRekey",
  isReadOnly: true,
  input: structure({}),
  permit: (_input, call) => call.authorize("claviger:DescribeRekey", call.vault.rekey.resource()),
  run: (_input, permit, { vault }) => rekeyOutput(vault.rekey.describe(permit)),
});
