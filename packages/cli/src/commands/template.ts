/**
 * `claviger template`: a configuration file with the values in the place of its references. All of
 * them are there, or nothing is written.
 */
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { Command } from "commander";
import { decoded } from "../env-files/decoded.ts";
import { CommandFailure } from "../failure.ts";
import { writePrivately } from "../private-output.ts";
import { readMany } from "../stores/read-many.ts";
import { encodings, filled, readTemplate } from "../template.ts";

export const templateCommand = new Command("template")
  .description("fill the references of a configuration file in")
  .argument("<FILE>", "the file with references; - for standard input")
  .option("--out <FILE>", "write there, for its owner alone (mode 0600), whole or not at all")
  .addHelpText(
    "after",
    "\nA reference is written claviger(ssm:/path/name) or claviger(secretsmanager:name#field)." +
      `\nWithin quotes or addresses say how: claviger(ssm:/path/name as ${encodings.join("|")}).`,
  )
  .action(async (path: string, { out }: { readonly out?: string }) => {
    const bytes = path === "-" ? await buffer(process.stdin) : await readFile(path);
    const template = readTemplate(decoded(bytes, path === "-" ? "the template" : path));
    if (template.problems.length > 0) {
      throw new CommandFailure(
        `${path}: ${template.problems.join("; ")}`,
        "write claviger(ssm:/path/name), claviger(secretsmanager:name#field)",
      );
    }
    const text = filled(template, await readMany(template.references));
    if (out === undefined) process.stdout.write(text);
    else await writePrivately(out, Buffer.from(text, "utf8"));
  });
