/**
 * The root key in a file that only its owner can read: one line, the base64 of 32 bytes. It is
 * made whole or not at all, and never replaces one that is there.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type RootKey, RootKeyError, rootKeyBytes, rootKeyFrom } from "./root-key.ts";

const restoreHint = "Restore the root key from its backup: what is sealed opens with no other.";
/** Windows keeps no such modes and can't sync a directory; its access lists guard the file. */
const isPosix = process.platform !== "win32";

/** Throws `RootKeyError` if the file is missing, malformed, or readable by others. */
export function loadRootKeyFile(path: string, options: { isMadeIfMissing: boolean }): RootKey {
  const text = readIfThere(path);
  if (text !== undefined) return parse(text, path);
  if (!options.isMadeIfMissing) {
    throw new RootKeyError(
      `There is no root key at ${path}.`,
      `${restoreHint} For a new vault make one: (umask 077; openssl rand -base64 32 > ${path})`,
    );
  }
  make(path);
  return loadRootKeyFile(path, { isMadeIfMissing: false });
}

function readIfThere(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw new RootKeyError(`The root key at ${path} can't be read.`, "Check the file's owner.");
  }
  try {
    const { mode } = fstatSync(file);
    if (isPosix && (mode & 0o077) !== 0) {
      throw new RootKeyError(
        `The root key at ${path} is open to others (mode ${(mode & 0o777).toString(8)}).`,
        `Take their access away: chmod 600 ${path}`,
      );
    }
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function parse(text: string, path: string): RootKey {
  const line = text.trim();
  const bytes = Buffer.from(line, "base64");
  if (bytes.length !== rootKeyBytes || bytes.toString("base64") !== line) {
    throw new RootKeyError(
      `The file ${path} holds no root key (one line, the base64 of ${rootKeyBytes} bytes).`,
      restoreHint,
    );
  }
  const rootKey = rootKeyFrom(bytes);
  bytes.fill(0);
  return rootKey;
}

/**
 * Durable under another name first, then linked: a crash leaves no half-written key, and of two
 * processes that start together the first wins and the second reads what the first made.
 */
function make(path: string): void {
  const draft = `${path}.${randomBytes(6).toString("hex")}.new`;
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, `${randomBytes(rootKeyBytes).toString("base64")}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    unlinkSync(draft);
  }
  if (isPosix) syncDirectory(dirname(path));
}

function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
