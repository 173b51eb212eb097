/** `claviger backup`: a snapshot of a vault in one file, while it serves. */
import { resolve } from "node:path";
import { backUp, placeOf, version } from "@claviger/vault";
import { Command } from "commander";
import { counted } from "../snapshots/counted.ts";
import { interruptible } from "../snapshots/interruption.ts";
import { type VaultFlags, vaultConfiguration } from "../snapshots/vault-configuration.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";

interface BackupFlags extends VaultFlags {
  readonly to: string;
  readonly format: string;
}

export const backupCommand = new Command("backup")
  .description(
    "write a snapshot of a vault to a file while it serves; sealed, without the root key",
  )
  .requiredOption("--to <FILE>", "a new file, mode 0600; none is ever replaced")
  .option("--data <DIR>", "folder of the vault's data (default ./.claviger)")
  .option("--database <URL>", "the PostgreSQL database of the vault instead")
  .option("--insecure", "reach a database on another machine without TLS")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async ({ to, format: typed, ...flags }: BackupFlags) => {
    const format = readFormat(typed);
    const place = placeOf(vaultConfiguration(flags));
    const path = resolve(to);
    try {
      const summary = await interruptible((heard) =>
        backUp(place, path, {
          madeBy: version,
          onProgress(progress) {
            showProgress(`reading: ${counted(progress)}`);
            return heard();
          },
        }),
      );
      printOutcome(format, {
        text:
          `${path}: ${counted(summary)}\n` +
          `root key: ${summary.rootKey.fingerprint}, from ${summary.rootKey.source}; it is not in the file\n` +
          `sha256: ${summary.sha256}`,
        json: { file: path, ...summary },
      });
    } finally {
      clearProgress();
    }
  });
