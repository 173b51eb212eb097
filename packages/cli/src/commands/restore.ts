/** `claviger restore`: brings a deleted secret back while its recovery window is open. */
import { Command } from "commander";
import { printed, readWhole } from "../stores/reference.ts";
import { storeOf } from "../stores/store.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";

export const restoreCommand = new Command("restore")
  .description("bring a deleted secret back while its recovery window is open")
  .argument("<REF>", "secretsmanager:name; a deleted parameter can't be restored")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (typed: string, flags: { readonly format: string }) => {
    const format = readFormat(flags.format);
    const reference = readWhole(typed);
    await storeOf(reference).restore(reference.name);
    printOutcome(format, {
      text: `${printed(reference)}: restored`,
      json: { reference: printed(reference) },
    });
  });
