/** `claviger rm`: deletes a secret, with a recovery window, or a parameter, or a secret's field. */
import { Command } from "commander";
import { removeField } from "../stores/contents.ts";
import { printed, type Reference, readReference, referenceForms } from "../stores/reference.ts";
import { type Removal, storeOf } from "../stores/store.ts";
import { isConfirmed } from "../terminal/confirm.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";

interface RmFlags {
  readonly force?: boolean;
  readonly yes?: true;
  readonly format: string;
}

export const rmCommand = new Command("rm")
  .description("delete a secret, a parameter, or a field of a secret")
  .argument("<REF>", `${referenceForms}, or secretsmanager:name#field`)
  .option("--force", "delete a secret at once, without a recovery window")
  .option("--yes", "delete it without asking")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nclaviger restore brings a secret back until its recovery window ends, 30 days" +
      "\nlater. Parameters have none. A field goes from the next version on; the older" +
      "\nones keep it.",
  )
  .action(async (typed: string, { force: isForced = false, yes, format: asked }: RmFlags) => {
    const format = readFormat(asked);
    const reference = readReference(typed);
    process.stderr.write(`${announcement(reference, isForced)}\n`);
    if (!(await isConfirmed("Go on?", yes ?? false))) {
      process.stderr.write("note: nothing was changed.\n");
      return;
    }
    if (reference.field !== undefined) {
      const { version } = await removeField(reference);
      printOutcome(format, {
        text: `${printed(reference)}: gone from version ${version} on`,
        json: { reference: printed(reference), version },
      });
      return;
    }
    const { recoverableUntil } = await storeOf(reference).remove(reference.name, isForced);
    printOutcome(format, {
      text: `${printed(reference)}: deleted${untilWhen(recoverableUntil)}`,
      json: { reference: printed(reference), recoverableUntil: recoverableUntil ?? null },
    });
  });

function announcement(reference: Reference, isForced: boolean): string {
  const typed = printed(reference);
  if (reference.field !== undefined) {
    return `${typed} will be removed.\nOlder versions of the secret keep it.`;
  }
  if (reference.service === "ssm") {
    return `${typed} will be deleted for good, with all its versions.\nParameters have no recovery.`;
  }
  return isForced
    ? `${typed} will be deleted for good, with all its versions.`
    : `${typed} will be deleted.\nFor 30 days it comes back with: claviger restore ${typed}`;
}

function untilWhen(recoverableUntil: Removal["recoverableUntil"]): string {
  if (recoverableUntil === undefined) return " for good";
  return `; it can be restored until ${recoverableUntil.toISOString().slice(0, 10)}`;
}
