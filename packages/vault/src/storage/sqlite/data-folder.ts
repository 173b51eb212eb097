/**
 * The folder that holds the embedded database: made private to its owner, and served by one
 * process at a time. The lock is an exclusive transaction on a database of its own, which the
 * kernel lets go however the process ends, so a killed vault never locks its successor out.
 */
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
