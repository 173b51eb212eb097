/** `claviger migrate`: moves a vault from one database to another, as it is. */
import { move, parsePlace, placeName, version } from "@claviger/vault";
import { Command } from "commander";
import { counted } from "../snapshots/counted.ts";
import { interruptible } from "../snapshots/interruption.ts";
import { commandFor, rootKeyPlace } from "../snapshots/place-words.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";

interface MigrateFlags {
  readonly from: string;
  readonly to: string;
  readonly whileServed?: boolean;
  readonly insecure?: boolean;
  readonly format: string;
}

export const migrateCommand = new Command("migrate")
  .description("move a vault between a data folder and a PostgreSQL database; stop it first")
  .requiredOption("--from <PLACE>", "the vault: a data folder, or postgres://…")
  .requiredOption("--to <PLACE>", "a folder or database that holds no vault")
  .option("--while-served", "from PostgreSQL: although nodes serve it; later writes stay behind")
  .option("--insecure", "reach a database on another machine without TLS")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (flags: MigrateFlags) => {
    const format = readFormat(flags.format);
    const from = parsePlace(flags.from, flags.insecure === true);
    const to = parsePlace(flags.to, flags.insecure === true);
    let last = { rows: 0, events: 0 };
    try {
      const { rootKey } = await interruptible((heard) =>
        move(from, to, {
          madeBy: version,
          isServedAnyway: flags.whileServed === true,
          onProgress(progress) {
            last = progress;
            showProgress(`moving: ${counted(progress)}`);
            return heard();
          },
        }),
      );
      printOutcome(format, {
        text: [
          `${placeName(to)}: ${counted(last)}, from ${placeName(from)}, which stays as it is`,
          `Bring the root key (${rootKey.fingerprint}) ${rootKeyPlace(to)};`,
          `with the same root credentials it is then started by: ${commandFor(to, "server")}`,
          "Don't start the old one again: from now on the two would grow apart.",
        ].join("\n"),
        json: { from: placeName(from), to: placeName(to), ...last, rootKey },
      });
    } finally {
      clearProgress();
    }
  });
