/**
 * The folder that holds the embedded database: made private to its owner, and served by one
 * process at a time. The lock is an exclusive transaction on a database of its own, which the
 * kernel lets go however the process ends, so a killed vault never locks its successor out.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makePrivateFile, makePrivateFolder } from "../../private-file.ts";
import { Unavailable } from "../storage.ts";

export interface DataFolder {
  /** Path of the database's file. */
  readonly databasePath: string;
  /** Lets another process serve the folder. */
  release(): void;
}

/** Makes the folder where missing and takes it, or throws Unavailable if it is being served. */
export function takeDataFolder(directory: string): DataFolder {
  makePrivateFolder(directory);
  const lock = new DatabaseSync(makePrivateFile(join(directory, "vault.lock")), { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw new Unavailable(
      `Another process is serving the data folder ${directory}. ` +
        "Stop it first, or give this one a folder of its own.",
      { cause },
    );
  }
  return {
    databasePath: makePrivateFile(join(directory, "vault.db")),
    release: () => lock.close(),
  };
}

/** Beside a database's name: what a restore or a migration is still writing. */
export function draftPath(databasePath: string): string {
  return `${databasePath}.restoring`;
}

/**
 * Throws Unavailable where a restore was killed half way: a vault that began anew in the folder would
 * pass for the one that was to come. Only for who has taken the folder, as a restore does too.
 */
export function requireNoDraft(directory: string): void {
  const names = ["vault.db", "audit.db"];
  if (!names.some((name) => existsSync(draftPath(join(directory, name))))) return;
  throw new Unavailable(
    `A restore or a migration to the data folder ${directory} was cut short, so there is no vault in it.`,
    { hint: "run it again, to this folder once more; or remove the folder" },
  );
}
