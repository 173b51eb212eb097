/** `claviger verify`: is a vault whole, or a snapshot of one? Opens all of it and prints no value. */
import { resolve } from "node:path";
import {
  configuredRootKey,
  placeOf,
  type Verified,
  verifySnapshot,
  verifyVault,
} from "@claviger/vault";
import { Command } from "commander";
import { CommandFailure, exitCodes } from "../failure.ts";
import { interruptible } from "../snapshots/interruption.ts";
import { type VaultFlags, vaultConfiguration } from "../snapshots/vault-configuration.ts";
import { printJson, readFormat } from "../terminal/format.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import { table } from "../terminal/table.ts";

interface VerifyFlags extends VaultFlags {
  readonly from?: string;
  readonly format: string;
}

export const verifyCommand = new Command("verify")
  .description("open everything in a vault and check every audit chain, also while it serves")
  .option("--data <DIR>", "folder of the vault's data (default ./.claviger)")
  .option("--database <URL>", "the PostgreSQL database of the vault instead")
  .option("--from <FILE>", "a snapshot instead: it is restored to a folder of its own and verified")
  .option("--insecure", "reach a database on another machine without TLS")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nThe root key is needed, and found as the server finds it (CLAVIGER_ROOT_KEY).",
  )
  .action(async ({ from, format: typed, ...flags }: VerifyFlags) => {
    const format = readFormat(typed);
    const configuration = vaultConfiguration(flags);
    const verified = await interruptible((heard) => {
      const options = {
        rootKey: configuredRootKey(configuration),
        onProgress(what: string, count: number) {
          showProgress(`${what}: ${count}`);
          return heard();
        },
      };
      return from === undefined
        ? verifyVault(placeOf(configuration), options)
        : verifySnapshot(resolve(from), options);
    }).finally(clearProgress);
    report(verified, format);
  });

function report({ checks, problems }: Verified, format: "text" | "json"): void {
  const found = checks.reduce((sum, check) => sum + check.problems, 0);
  if (format === "json") printJson({ checks, problems });
  else {
    process.stdout.write(
      table(
        ["CHECKED", "COUNT", "PROBLEMS"],
        checks.map(({ what, count, problems }) => [what, String(count), String(problems)]),
      ),
    );
    for (const { what, name, problem } of problems) {
      process.stdout.write(`${what}: ${name}: ${problem}\n`);
    }
  }
  if (found === 0) return;
  throw new CommandFailure(
    `${found} problems were found`,
    "keep the database as it is, restore a backup to another place, and verify that",
    exitCodes.failed,
  );
}
