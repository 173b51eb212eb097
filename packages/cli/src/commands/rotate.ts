/** `claviger rotate`: a new key in the old one's place, seen step by step until readers have it. */
import { Command } from "commander";
import { CommandFailure, exitCodes } from "../failure.ts";
import { awaitAwsRotation } from "../rotation/aws-rotation.ts";
import { beginOrJoin, type RotationFlags } from "../rotation/begin.ts";
import { storeByHand } from "../rotation/by-hand.ts";
import { follow } from "../rotation/follow.ts";
import { hasMoved, hasSucceeded, movedInWords, setInWords } from "../rotation/progress.ts";
import { countRehearsal } from "../rotation/rehearsal-tag.ts";
import { rehearsalReport, rehearse } from "../rotation/rehearse.ts";
import { readSecret, secretForm } from "../rotation/secret.ts";
import { endOverlap } from "../rotation/vault-rotations.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { collect, printJson, printOutcome, readFormat } from "../terminal/format.ts";

interface RotateFlags extends RotationFlags {
  readonly rehearse?: true;
  readonly on?: string;
  readonly watch?: true;
  readonly force?: true;
  readonly format: string;
}

type Format = "text" | "json";

export const rotateCommand = new Command("rotate")
  .description("give a secret a new key, test it, and let the old one die when nobody reads it")
  .argument("<REF>", secretForm)
  .argument(
    "[@FILE]",
    "the new value of a key that a person makes (else standard input or a prompt)",
  )
  .option("--watch", "wait for the end of the old key too (else until readers get the new one)")
  .option("--force", "begin nothing: end the last rotation's old key now, whoever still has it")
  .option("--rehearse", "rotate its staging secret, and report how long each reader took to move")
  .option(
    "--on <REF>",
    "the staging secret, which the tag claviger:rehearse-on keeps (default: that one)",
  )
  .option("--format <FORMAT>", "text or json", "text")
  .optionsGroup("How and when it rotates from now on:")
  .option(
    "--type <TYPE>",
    "the built-in rotator, as SendGridApiKey; the guide to rotation lists them",
  )
  .option("--metadata <KEY=VALUE>", "a setting of the rotator; may be repeated", collect)
  .option("--role <ARN>", "the role that the built-in rotator works as")
  .option("--function <ARN>", "the Lambda function that rotates it")
  .option("--every <INTERVAL>", "how often, as 30d or 12h")
  .option("--schedule <EXPRESSION>", "when, as cron(0 4 ? * SUN *) or rate(10 days)")
  .option("--grace <TIME>", "how long both keys live at least, as 6h or 0s (24h unless you say so)")
  .option("--no-now", "set these, and test the key that is there; rotate nothing yet")
  .optionsGroup("Options:")
  .addHelpText(
    "after",
    "\nIf a step fails, readers keep the key that they have, the new one is revoked where" +
      "\nthat is possible, and the vault tries again by itself. A secret that is tagged as" +
      "\nproduction's rotates after a rehearsal, or once it has the tag claviger:rehearse-on=none.",
  )
  .action(async (typed: string, file: string | undefined, flags: RotateFlags) => {
    const format = readFormat(flags.format);
    const reference = readSecret(typed);
    requireFitting(flags);
    if (flags.rehearse) return report(reference, flags.on, file, format);
    const token = flags.force
      ? await endOverlap(reference)
      : await beginOrJoin(reference, flags, flags.watch ?? false);
    const run = await follow(reference, {
      title: `Rotating ${printed(reference)}`,
      isEnough: flags.watch || flags.force || !flags.now ? hasSucceeded : hasMoved,
      storeByHand: (waiting) => storeByHand(reference, waiting, file),
    });
    if (run === undefined) return rotatedOnAws(reference, token ?? "", flags, format);
    printOutcome(format, {
      text: `${printed(reference)}: ${flags.now ? movedInWords(run, Date.now()) : setInWords(run)}`,
      json: { reference: printed(reference), ...run },
    });
  });

async function rotatedOnAws(
  reference: Reference,
  version: string,
  { now, watch }: RotateFlags,
  format: Format,
): Promise<void> {
  if (now) await awaitAwsRotation(reference, version);
  printOutcome(format, {
    text: `${printed(reference)}: ${now ? `version ${version} is AWSCURRENT` : "its rotation is set"}`,
    json: { reference: printed(reference), clientRequestToken: version },
  });
  if (watch) {
    process.stderr.write(
      "note: AWS doesn't tell who still reads the old version, or whether its key is dead\n",
    );
  }
}

async function report(
  reference: Reference,
  on: string | undefined,
  file: string | undefined,
  format: Format,
): Promise<void> {
  const rehearsal = await rehearse(reference, on, file);
  const { production, staging, run } = rehearsal;
  const next = await countRehearsal(production, run);
  if (format === "json") {
    printJson({ reference: printed(reference), staging: printed(staging), ...run });
  } else {
    process.stdout.write(rehearsalReport(rehearsal));
  }
  process.stderr.write(`The rehearsal passed. ${next}\n`);
}

function requireFitting({ rehearse: isRehearsal, on, force, now, ...flags }: RotateFlags): void {
  const settings = settingFlags.filter((flag) => flags[flag] !== undefined);
  const alone = isRehearsal ? "--rehearse" : force ? "--force" : undefined;
  const beside = [
    ...settings,
    ...(now ? [] : ["no-now"]),
    ...(isRehearsal && force ? ["force"] : []),
  ];
  if (alone !== undefined && beside.length > 0) {
    throw new CommandFailure(
      `${alone} sets nothing and begins nothing else`,
      `leave out --${beside[0]}`,
      exitCodes.wrongWords,
    );
  }
  if (on !== undefined && !isRehearsal) {
    throw new CommandFailure("--on goes with --rehearse", "give both", exitCodes.wrongWords);
  }
}

const settingFlags = [
  "type",
  "metadata",
  "role",
  "function",
  "every",
  "schedule",
  "grace",
] as const satisfies readonly (keyof RotationFlags)[];
