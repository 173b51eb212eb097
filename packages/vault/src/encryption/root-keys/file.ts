/**
 * The root key in a file that only its owner can read: one line, the base64 of 32 bytes. It is
 * made whole or not at all, and never replaces one that is there.
 */
import { randomBytes } from "node:crypto";
import { type PrivateFile, readPrivateFile, writePrivateFile } from "../../private-file.ts";
import { type RootKey, RootKeyError, rootKeyBytes, rootKeyFrom } from "./root-key.ts";

const restoreHint = "Restore the root key from its backup: what is sealed opens with no other.";

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
  let file: PrivateFile | undefined;
  try {
    file = readPrivateFile(path);
  } catch {
    throw new RootKeyError(`The root key at ${path} can't be read.`, "Check the file's owner.");
  }
  if (file?.openMode !== undefined) {
    throw new RootKeyError(
      `The root key at ${path} is open to others (mode ${file.openMode}).`,
      `Take their access away: chmod 600 ${path}`,
    );
  }
  return file?.text;
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

/** Of two processes that start together the first wins and the second reads what it made. */
function make(path: string): void {
  try {
    writePrivateFile(path, `${randomBytes(rootKeyBytes).toString("base64")}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
