/** `claviger rollback`: an older value again, as a new version; no version is lost. */
import { Command } from "commander";
import { CommandFailure } from "../failure.ts";
import { printed, readWhole, referenceForms } from "../stores/reference.ts";
import { storeOf } from "../stores/store.ts";
import { versionNamed } from "../stores/versions.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";

export const rollbackCommand = new Command("rollback")
  .description("write the value of an older version as a new version")
  .argument("<REF>", referenceForms)
  .argument("<VERSION>", "a version, its label or stage, as history shows them")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (typed: string, named: string, flags: { readonly format: string }) => {
    const format = readFormat(flags.format);
    const reference = readWhole(typed);
    const { name } = reference;
    const store = storeOf(reference);
    const found = versionNamed(reference, await store.history(name), named);
    if (found.isCurrent) {
      throw new CommandFailure(
        `${named} is the current version of ${printed(reference)}`,
        `see the older ones: claviger history ${printed(reference)}`,
      );
    }
    const older = await store.read(name, { version: found.version });
    // What was confidential stays so; else the type stays as it is today.
    const type = older.type === "SecureString" ? older.type : undefined;
    const { version } = await store.write(name, older.value, { type });
    printOutcome(format, {
      text: `${printed(reference)}: version ${version}, with the value of ${found.version}`,
      json: { reference: printed(reference), version, from: found.version },
    });
  });
