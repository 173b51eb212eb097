/** References in files of variables: `STRIPE_KEY=ssm:/myapp/production/stripe/api_key`. */
import { CommandFailure } from "../failure.ts";
import { type Reference, readForReading } from "../stores/reference.ts";
import type { Entry, EnvFile } from "./env-file.ts";

/**
 * What the entry's value refers to; undefined where it is a value of its own. A path alone is one:
 * many a variable holds the path of a file. Throws where it begins as a reference and is none.
 */
export function referenceIn(file: EnvFile, entry: Entry): Reference | undefined {
  if (!/^(ssm|secretsmanager):/.test(entry.value)) return undefined;
  const where = `${file.name}, line ${entry.firstLine}`;
  if (file.format === "dotenv" && entry.quoting === "none" && file.text[entry.end] === "#") {
    throw new CommandFailure(
      `${where}: the reference of ${entry.key} ends at #, where a comment begins in such files`,
      `put it in quotes: ${entry.key}='secretsmanager:name#field'`,
    );
  }
  return referenceOf(entry.value, `${where}: ${entry.key}`);
}

/** The same of a text alone; `subject` is what a failure is said of. */
export function referenceOf(text: string, subject: string): Reference | undefined {
  if (!/^(ssm|secretsmanager):/.test(text)) return undefined;
  try {
    return readForReading(text);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    // What stands there may be a value after all: it is not told.
    throw new CommandFailure(
      `${subject} begins as a reference and is none`,
      "write ssm:/path/name, secretsmanager:name or secretsmanager:name#field",
    );
  }
}
