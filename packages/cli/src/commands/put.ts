/** `claviger put`: creates a secret or a parameter, or gives it a new value. */
import type { ParameterTier, ParameterType } from "@aws-sdk/client-ssm";
import { Command } from "commander";
import { CommandFailure } from "../failure.ts";
import { writeContent } from "../stores/contents.ts";
import { readGiven, refuseValue } from "../stores/given-value.ts";
import { printed, type Reference, readReference, referenceForms } from "../stores/reference.ts";
import type { Settings } from "../stores/store.ts";
import { readTags } from "../stores/tags.ts";
import { collect, printOutcome, readFormat } from "../terminal/format.ts";

interface PutFlags {
  readonly type?: string;
  readonly tier?: string;
  readonly key?: string;
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly owner?: string;
  readonly format: string;
}

const types = ["SecureString", "String", "StringList"] satisfies ParameterType[];
const tiers = ["Standard", "Advanced", "Intelligent-Tiering"] satisfies ParameterTier[];

export const putCommand = new Command("put")
  .description("create a secret or a parameter, or give it a new value")
  .argument("<REF>", `${referenceForms}; secretsmanager:name#field keeps the other fields`)
  .argument("[@FILE]", "a file with the value; without it standard input, or a prompt")
  .option(
    "--type <TYPE>",
    "of a parameter: SecureString (the default for a new one), String, StringList",
  )
  .option("--tier <TIER>", "of a parameter: Standard, Advanced or Intelligent-Tiering")
  .option("--key <KEY>", "the KMS key that encrypts it: id, ARN or alias/NAME")
  .option("--description <TEXT>", "what it is for")
  .option("--tag <KEY=VALUE>", "a tag; may be repeated", collect)
  .option("--owner <OWNER>", "who answers for it: the tag owner")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nA single line loses its line feed; more than one line is kept to the byte." +
      "\nWhat isn't given of an existing one stays as it is.",
  )
  .action(async (typed: string, file: string | undefined, flags: PutFlags) => {
    refuseValue(file);
    const format = readFormat(flags.format);
    const reference = readReference(typed);
    const settings = readSettings(reference, flags);
    const value = await readGiven(`Value of ${printed(reference)}:`, file);
    const { isNew, version } = await writeContent(reference, value, settings);
    printOutcome(format, {
      text: `${printed(reference)}: ${isNew ? "created" : `version ${version}`}`,
      json: { reference: printed(reference), isNew, version },
    });
  });

function readSettings({ service }: Reference, flags: PutFlags): Settings {
  const { type, tier, key, description, owner } = flags;
  if (service === "secretsmanager" && (type ?? tier) !== undefined) {
    throw new CommandFailure("--type and --tier are for parameters", "leave them out", 2);
  }
  const tags = { ...readTags(flags.tag ?? []), ...(owner !== undefined && { owner }) };
  return {
    type: oneOf("--type", type, types),
    tier: oneOf("--tier", tier, tiers),
    key,
    description,
    tags: Object.keys(tags).length === 0 ? undefined : tags,
  };
}

function oneOf<Word extends string>(
  flag: string,
  typed: string | undefined,
  words: readonly Word[],
): Word | undefined {
  const found = words.find((word) => word === typed);
  if (found !== undefined || typed === undefined) return found;
  throw new CommandFailure(`${flag} '${typed}' is not known`, `give one of ${words.join(", ")}`, 2);
}
