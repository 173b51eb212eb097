/** A passphrase that is chosen now: from a file, or typed twice at the terminal. */
import { longEnough, readPassphrase } from "@claviger/vault/data-folder";
import { CommandFailure } from "../failure.ts";
import { askSilently } from "../terminal/ask-silently.ts";

/** Throws CommandFailure where there is neither, RootKeyError for one that is too short. */
export async function newPassphrase(file: string | undefined): Promise<string> {
  if (file !== undefined) return readPassphrase(file);
  if (!process.stdin.isTTY) throw noTerminal();
  const passphrase = longEnough(
    await askSilently("A passphrase for the root credentials, 16 characters or more:"),
    "The passphrase",
  );
  if (passphrase === (await askSilently("Once more:"))) return passphrase;
  throw new CommandFailure("the two are not the same", "nothing was locked; run it again");
}

/** The one that was chosen before. */
export async function knownPassphrase(file: string | undefined): Promise<string> {
  if (file !== undefined) return readPassphrase(file);
  if (!process.stdin.isTTY) throw noTerminal();
  return askSilently("The root credentials' passphrase:");
}

function noTerminal(): CommandFailure {
  return new CommandFailure(
    "there is no terminal to ask for a passphrase at",
    "give --passphrase-file, or --keep-root to lock nothing away",
    2,
  );
}
