/** `claviger cp`: the current value elsewhere, with its description and tags. */
import { Command } from "commander";
import { copy } from "../stores/copy.ts";
import { printed, readReference, referenceForms } from "../stores/reference.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";

export const cpCommand = new Command("cp")
  .description("copy the current value, also from one store to the other")
  .argument("<A>", `${referenceForms}, or secretsmanager:name#field`)
  .argument("<B>", "likewise")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nA new B gets A's description, tags and KMS key, and as a parameter a parameter's" +
      "\ntype, tier and policies. An existing B keeps its own and gets the value as its" +
      "\nnext version. What is confidential never becomes a plain parameter.",
  )
  .action(async (typedFrom: string, typedTo: string, flags: { readonly format: string }) => {
    const format = readFormat(flags.format);
    const [from, to] = [readReference(typedFrom), readReference(typedTo)];
    const written = await copy(from, to);
    const { isNew = false, version = null } = written ?? {};
    const what = isNew ? "created" : `version ${version}`;
    printOutcome(format, {
      text: `${printed(to)}: ${written ? `${what}, from ${printed(from)}` : "has this value already"}`,
      json: { from: printed(from), to: printed(to), isNew, version },
    });
  });
