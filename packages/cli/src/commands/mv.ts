/** `claviger mv`: copies, verifies, and only then deletes; on a failure both are there. */
import { Command } from "commander";
import { awsFailure } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { removeField } from "../stores/contents.ts";
import { copy, refuseOther } from "../stores/copy.ts";
import { printed, type Reference, readReference, referenceForms } from "../stores/reference.ts";
import { storeOf } from "../stores/store.ts";
import { isConfirmed } from "../terminal/confirm.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";

interface MvFlags {
  readonly yes?: true;
  readonly format: string;
}

export const mvCommand = new Command("mv")
  .description("copy, verify the copy, then delete the original")
  .argument("<A>", `${referenceForms}, or secretsmanager:name#field`)
  .argument("<B>", "likewise; it must not be there yet")
  .option("--yes", "move it without asking")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nThe current value moves, with what cp takes along; the rest is named before." +
      "\nIf it fails in the middle, both are there: the same command again goes on.",
  )
  .action(async (typedFrom: string, typedTo: string, flags: MvFlags) => {
    const format = readFormat(flags.format);
    const [from, to] = [readReference(typedFrom), readReference(typedTo)];
    await refuseOther(from, to);
    const left = from.field === undefined ? await storeOf(from).leftBehind(from.name) : [];
    process.stderr.write(
      [
        `${printed(from)} will be ${printed(to)}.`,
        ...left.map((each) => `  stays behind: ${each}`),
        "",
      ].join("\n"),
    );
    if (!(await isConfirmed("Go on?", flags.yes ?? false))) {
      process.stderr.write("note: nothing was changed.\n");
      return;
    }
    await copy(from, to);
    await removeOriginal(from, to);
    printOutcome(format, {
      text: `${printed(to)}: moved from ${printed(from)}`,
      json: { from: printed(from), to: printed(to) },
    });
  });

async function removeOriginal(from: Reference, to: Reference): Promise<void> {
  try {
    if (from.field !== undefined) await removeField(from);
    else await storeOf(from).remove(from.name, false);
  } catch (error) {
    const { message } = awsFailure(error) ?? (error as Error);
    throw new CommandFailure(
      `${printed(to)} is there, but ${printed(from)} could not be removed: ${message}`,
      "both hold the value; the same command again goes on",
      1,
      { cause: error },
    );
  }
}
