/**
 * `claviger restore`: brings a deleted secret back while its recovery window is open, or a whole
 * vault from a snapshot to an empty place.
 */
import { Command } from "commander";
import { CommandFailure } from "../failure.ts";
import { printed, readWhole } from "../stores/reference.ts";
import { storeOf } from "../stores/store.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";

interface RestoreFlags {
  readonly from?: string;
  readonly data?: string;
  readonly database?: string;
  readonly insecure?: boolean;
  readonly format: string;
}

export const restoreCommand = new Command("restore")
  .description("bring a deleted secret back, or a whole vault from a snapshot")
  .argument(
    "[REF]",
    "secretsmanager:name, while its recovery window is open; a deleted parameter can't be restored",
  )
  .option("--from <FILE>", "what `claviger backup` wrote: restores all of it instead of a secret")
  .option("--data <DIR>", "with --from: a folder that holds no vault")
  .option("--database <URL>", "with --from: a PostgreSQL database that holds no vault")
  .option("--insecure", "with --database: reach another machine without TLS")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nA snapshot holds neither the root key nor the root credentials. The restored vault" +
      "\nopens with the root key of the vault that was backed up, and with no other.",
  )
  .action(async (typed: string | undefined, flags: RestoreFlags) => {
    requireOneForm(typed, flags);
    const format = readFormat(flags.format);
    if (typed === undefined) {
      const { restoreVault } = await import("../snapshots/restore-vault.ts");
      return restoreVault(flags.from ?? "", flags, format);
    }
    const reference = readWhole(typed);
    await storeOf(reference).restore(reference.name);
    printOutcome(format, {
      text: `${printed(reference)}: restored`,
      json: { reference: printed(reference) },
    });
  });

function requireOneForm(
  typed: string | undefined,
  { from, data, database, insecure }: RestoreFlags,
): void {
  const wrong = (message: string, hint: string) => new CommandFailure(message, hint, 2);
  const forms = "claviger restore secretsmanager:NAME, or claviger restore --from FILE --data DIR";
  if (typed === undefined && from === undefined) throw wrong("what is to be restored?", forms);
  if (typed !== undefined) {
    const isBoth = from !== undefined || data !== undefined || database !== undefined || insecure;
    if (isBoth) throw wrong("a secret comes from the vault that serves, not from a file", forms);
    return;
  }
  if ((data === undefined) === (database === undefined)) {
    throw wrong(
      data === undefined ? "where is the vault to be restored to?" : "a vault goes to one place",
      "give --data DIR or --database postgres://…",
    );
  }
}
