/** Files that only their owner may read, and that a power cut right after their making keeps. */
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

/** Makes the folder, mode 0700, where it is missing. */
export function makePrivateFolder(directory: string): void {
  const made = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (made !== undefined) makeEntriesDurable(dirname(made));
}

/**
 * Makes an empty file, mode 0600, where it is missing, and returns its path. SQLite gives its
 * journal files the permissions of the database's own file.
 */
export function makePrivateFile(path: string): string {
  closeSync(openSync(path, "a", 0o600));
  makeEntriesDurable(dirname(path));
  return path;
}

/** A new file survives a power cut only once its folder is on the disk too. */
function makeEntriesDurable(directory: string): void {
  // Windows opens no folders; its file systems keep a journal of their own.
  if (process.platform === "win32") return;
  const folder = openSync(directory, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
