/** `claviger get`: a value alone, for people and for pipes. */
import { Command } from "commander";
import { CommandFailure } from "../failure.ts";
import { readContent } from "../stores/contents.ts";
import { printed, type Reference, readReference, referenceForms } from "../stores/reference.ts";
import type { At, Version } from "../stores/store.ts";
import { isText, type Value } from "../stores/value.ts";
import { printJson, readFormat } from "../terminal/format.ts";

interface GetFlags {
  readonly version?: string;
  readonly stage?: string;
  readonly label?: string;
  readonly format: string;
}

export const getCommand = new Command("get")
  .description("print the value of a secret, of one of its fields, or of a parameter")
  .argument("<REF>", `${referenceForms}; secretsmanager:name#field for a field of JSON`)
  .option("--version <VERSION>", "a parameter's version number or a secret's version id")
  .option("--stage <STAGE>", "a secret's version by its staging label, as AWSPREVIOUS")
  .option("--label <LABEL>", "a parameter's version by its label")
  .option("--format <FORMAT>", "text or json, which says more of it", "text")
  .addHelpText(
    "after",
    "\nNothing is added to the value, but a line feed on a terminal." +
      "\nA binary secret comes as its bytes.",
  )
  .action(async (typed: string, flags: GetFlags) => {
    const format = readFormat(flags.format);
    const reference = readReference(typed);
    const version = await readContent(reference, readAt(reference, flags));
    if (format === "json") printJson(asJson(reference, version));
    else print(reference, version.value);
  });

function readAt({ service }: Reference, { version, stage, label }: GetFlags): At {
  if ([version, stage, label].filter((each) => each !== undefined).length > 1) {
    throw new CommandFailure(
      "a version is named once",
      "give one of --version, --stage and --label",
      2,
    );
  }
  if (service === "ssm" && stage !== undefined) {
    throw new CommandFailure("parameters have no stages", "give --label, or --version", 2);
  }
  if (service === "secretsmanager" && label !== undefined) {
    throw new CommandFailure("secrets have no labels", "give --stage, or --version", 2);
  }
  return { version, label: stage ?? label };
}

function print(reference: Reference, value: Value): void {
  if (isText(value)) {
    process.stdout.write(process.stdout.isTTY ? `${value.text}\n` : value.text);
  } else if (process.stdout.isTTY) {
    throw new CommandFailure(
      `${printed(reference)} is binary`,
      "write it to a file: add > FILE, or see it in base64 with --format json",
    );
  } else {
    process.stdout.write(value.bytes);
  }
}

function asJson(reference: Reference, { value, version, labels, type, date, arn }: Version) {
  return {
    reference: printed(reference),
    arn,
    ...(isText(value)
      ? { value: value.text }
      : { valueBase64: Buffer.from(value.bytes).toString("base64") }),
    version,
    ...(reference.service === "ssm" ? { type } : { stages: labels }),
    date: date ?? null,
  };
}
