/** `claviger tag`: sets and removes tags. */
import { Command } from "commander";
import { CommandFailure } from "../failure.ts";
import { printed, readWhole, referenceForms } from "../stores/reference.ts";
import { storeOf } from "../stores/store.ts";
import { readTags } from "../stores/tags.ts";
import { collect, printOutcome, readFormat } from "../terminal/format.ts";

interface TagFlags {
  readonly remove?: readonly string[];
  readonly format: string;
}

export const tagCommand = new Command("tag")
  .description("set tags of a secret or a parameter, and remove others")
  .argument("<REF>", referenceForms)
  .argument("[KEY=VALUE...]", "tags to set, as owner=payments")
  .option("--remove <KEY>", "a tag to remove; may be repeated", collect)
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (typed: string, given: readonly string[], { remove = [], ...flags }: TagFlags) => {
    const format = readFormat(flags.format);
    const reference = readWhole(typed);
    const added = readTags(given);
    const both = remove.find((key) => Object.hasOwn(added, key));
    if (both !== undefined) {
      throw new CommandFailure(`the tag '${both}' is set and removed`, "do one of the two", 2);
    }
    if (given.length + remove.length === 0) {
      throw new CommandFailure("no tag is named", "give key=value, or --remove key", 2);
    }
    await storeOf(reference).tag(reference.name, added, remove);
    const done = [
      ...Object.entries(added).map(([key, value]) => `${key}=${value}`),
      ...remove.map((key) => `${key} removed`),
    ];
    printOutcome(format, {
      text: `${printed(reference)}: ${done.join(", ")}`,
      json: { reference: printed(reference), set: added, removed: remove },
    });
  });
