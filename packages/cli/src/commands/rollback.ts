/**
 * `claviger rollback`: an older value again. A secret's older version becomes AWSCURRENT once more,
 * if its key still works; a parameter gets the older value as a new version.
 */
import { Command } from "commander";
import { CommandFailure, exitCodes } from "../failure.ts";
import { rollBackSecret } from "../rotation/roll-back.ts";
import { printed, type Reference, readWhole, referenceForms } from "../stores/reference.ts";
import { storeOf, type VersionEntry } from "../stores/store.ts";
import { previousVersion, versionNamed } from "../stores/versions.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";

interface RollbackFlags {
  readonly to?: string;
  readonly format: string;
}

export const rollbackCommand = new Command("rollback")
  .description("bring an older version back, once it is sure that its key still works")
  .argument("<REF>", referenceForms)
  .argument(
    "[VERSION]",
    "a version, its label or stage, as history shows (default: the one before)",
  )
  .option("--to <VERSION>", "the same")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nA secret's version becomes AWSCURRENT again, after its rotator has asked the provider" +
      "\nwhether its key is alive. A parameter gets the older value as a new version.",
  )
  .action(
    async (typed: string, named: string | undefined, { to, format: asked }: RollbackFlags) => {
      const format = readFormat(asked);
      if (named !== undefined && to !== undefined) {
        throw new CommandFailure(
          "the version is named twice",
          "leave one out",
          exitCodes.wrongWords,
        );
      }
      const reference = readWhole(typed);
      const history = await storeOf(reference).history(reference.name);
      const found = versionToBe(reference, history, named ?? to);
      const version =
        reference.service === "ssm"
          ? await writeAgain(reference, found)
          : await rollBackSecret(reference, history, found);
      const what = reference.service === "ssm" ? `, with the value of ${found.version}` : " again";
      printOutcome(format, {
        text: `${printed(reference)}: version ${version}${what}`,
        json: { reference: printed(reference), version, from: found.version },
      });
    },
  );

function versionToBe(
  reference: Reference,
  history: readonly VersionEntry[],
  named: string | undefined,
): VersionEntry {
  const found =
    named === undefined
      ? previousVersion(reference, history)
      : versionNamed(reference, history, named);
  if (!found.isCurrent) return found;
  throw new CommandFailure(
    `${named} is the current version of ${printed(reference)}`,
    `see the older ones: claviger history ${printed(reference)}`,
  );
}

async function writeAgain(reference: Reference, { version }: VersionEntry): Promise<string> {
  const { name } = reference;
  const store = storeOf(reference);
  const older = await store.read(name, { version });
  // What was confidential stays so; else the type stays as it is today.
  const type = older.type === "SecureString" ? older.type : undefined;
  return (await store.write(name, older.value, { type })).version;
}
