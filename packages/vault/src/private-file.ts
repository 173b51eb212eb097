/** Files that only their owner may read, and that a power cut right after their making keeps. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Makes the folder where it is missing, and gives one that is there the mode 0700 too. */
export function makePrivateFolder(directory: string): void {
  const made = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (made === undefined) chmodSync(directory, 0o700);
  else makeEntriesDurable(dirname(made));
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

/**
 * Makes a file with this text, mode 0600, that is there whole or not at all: durable under another
 * name first, then linked. So a killed process leaves no half of it, and one that is there is
 * never replaced: throws EEXIST.
 */
export function writePrivateFile(path: string, text: string): void {
  const draft = `${path}.${randomBytes(6).toString("hex")}.new`;
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
  } finally {
    unlinkSync(draft);
  }
  makeEntriesDurable(dirname(path));
}

/** Removes a file, durably; one that isn't there is no failure. */
export function removePrivateFile(path: string): void {
  rmSync(path, { force: true });
  makeEntriesDurable(dirname(path));
}

export interface PrivateFile {
  readonly text: string;
  /** Its mode ("644"), where others than its owner have any access; undefined where all is well. */
  readonly openMode: string | undefined;
}

const bytesMax = 64 * 1024;

/** The file, or undefined if there is none. Throws for a pipe, a device, or more than 64 KB. */
export function readPrivateFile(path: string): PrivateFile | undefined {
  let file: number;
  try {
    // Opening a pipe would otherwise wait until somebody writes to it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile() || status.size > bytesMax) throw new Error(`${path} is no small file`);
    const mode = status.mode & 0o777;
    // Windows keeps no such modes: its access lists guard the file.
    const isOpen = process.platform !== "win32" && (mode & 0o077) !== 0;
    return {
      text: readFileSync(file, "utf8"),
      openMode: isOpen ? mode.toString(8) : undefined,
    };
  } finally {
    closeSync(file);
  }
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
