/**
 * `claviger setup`: an administrator for the vault on this machine, with a profile to work with,
 * and the root credentials locked away. What is done already is not done again.
 */
import { userInfo } from "node:os";
import {
  isRootLocked,
  lockRootCredentials,
  readConfiguration,
  readRootCredentials,
  rootCredentialsPath,
  rootLockPath,
  settings,
  unlockRootCredentials,
} from "@claviger/vault/data-folder";
import { Command } from "commander";
import { CommandFailure } from "../failure.ts";
import { knownPassphrase, newPassphrase } from "../identity/passphrase.ts";
import { setUp } from "../identity/set-up.ts";
import { profileOf } from "../identity/ways-in.ts";
import { checkProfileName, profileName, userNameOf } from "../profiles/profile.ts";
import { noneRuns, runningUrl } from "../running-vault.ts";
import { ask } from "../terminal/ask.ts";
import { saidOf } from "./login.ts";

interface SetupFlags {
  readonly data?: string;
  readonly user?: string;
  readonly profile: string;
  readonly passphraseFile?: string;
  readonly keepRoot?: true;
  readonly unlock?: true;
}

export const setupCommand = new Command("setup")
  .description("make yourself an administrator of the vault, and lock its root credentials away")
  .option("--data <DIR>", "folder of the vault's data (default ./.claviger)")
  .option("--user <NAME>", "the administrator's IAM user (asked for; without a terminal, you)")
  .option("--profile <NAME>", "the AWS profile to make", profileName)
  .option("--passphrase-file <FILE>", "what locks and unlocks the root credentials, mode 0600")
  .option("--keep-root", "leave the root credentials where they are")
  .option("--unlock", "bring the root credentials back, and do nothing else")
  .addHelpText(
    "after",
    "\nKeep the passphrase where you keep your own: while they are locked away, the vault" +
      "\ntakes nobody for the account root. Without a terminal, give --passphrase-file or" +
      "\n--keep-root. Run again, it makes what is missing, and the profile follows the vault" +
      "\nto another port.",
  )
  .action(async (flags: SetupFlags) => {
    const { dataDirectory, rootCredentials } = readConfiguration({ data: flags.data }, process.env);
    const { passphraseFile } = flags;
    if (flags.unlock) return unlock(dataDirectory, passphraseFile);
    if (runningUrl(dataDirectory) === undefined) throw noneRuns(dataDirectory);
    const known = profileOf(dataDirectory);
    const userName = known ? userNameOf(known) : (flags.user ?? (await askForUser()));
    const profileName = checkProfileName(flags.profile);
    // Before anything is made: a passphrase that can't be had should leave nothing half done.
    const isToLock = !flags.keepRoot && rootCredentials === undefined;
    const passphrase = isToLock ? await passphraseFor(dataDirectory, flags) : undefined;
    const profile = await setUp({ dataDirectory, profileName, userName, rootCredentials });
    process.stderr.write(saidOf(profile));
    if (rootCredentials !== undefined && !flags.keepRoot) {
      process.stderr.write(
        `note: the root credentials come from ${settings.rootAccessKeyId.variable}: lock them away yourself.\n`,
      );
    }
    if (passphrase !== undefined) {
      await lockRootCredentials(dataDirectory, passphrase);
      process.stderr.write(
        `The root credentials are locked away in ${rootLockPath(dataDirectory)}.\n`,
      );
    }
    const words = flags.data === undefined ? "" : ` --data ${flags.data}`;
    process.stderr.write(`Use it: eval "$(claviger env${words})"\n`);
  });

/** undefined where the folder keeps no root credentials in the clear. */
async function passphraseFor(
  dataDirectory: string,
  { passphraseFile }: SetupFlags,
): Promise<string | undefined> {
  if (readRootCredentials(dataDirectory) === undefined) return undefined;
  // Both files are there: a setup was killed while it locked them away, and this one goes on.
  if (isRootLocked(dataDirectory)) return knownPassphrase(passphraseFile);
  return newPassphrase(passphraseFile);
}

async function unlock(dataDirectory: string, passphraseFile: string | undefined): Promise<void> {
  if (!isRootLocked(dataDirectory)) {
    throw new CommandFailure(
      `the root credentials in ${dataDirectory} are not locked away`,
      "check --data",
    );
  }
  await unlockRootCredentials(dataDirectory, await knownPassphrase(passphraseFile));
  process.stderr.write(
    `The root credentials are in ${rootCredentialsPath(dataDirectory)} again.\n`,
  );
}

/** Named after whoever is at the machine; the trail shows the name. */
async function askForUser(): Promise<string> {
  const own = userInfo()
    .username.replaceAll(/[^\w+=,.@-]/g, "-")
    .slice(0, 64);
  const preset = own === "root" || own === "" ? "administrator" : own;
  return process.stdin.isTTY ? ask("Your name, as the trail will show it:", preset) : preset;
}
