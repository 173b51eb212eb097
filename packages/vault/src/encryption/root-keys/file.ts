/**
 * The root key in a file that only its owner can read: one line, the base64 of 32 bytes. It is
 * made whole or not at all, and never replaces one that is there.
 */
import { randomBytes } from "node:crypto";
import { writePrivateFile } from "../../private-file.ts";
import { type RootKey, RootKeyError, rootKeyBytes, rootKeyFrom } from "./root-key.ts";
import { readSecretFile } from "./secret-file.ts";
import { keptBy, type RootKeySource } from "./source.ts";

const restoreHint = "Restore the root key from its backup: what is sealed opens with no other.";

/** `isMadeIfMissing` is for a vault that has no root key yet; a lost one is never replaced. */
export function fileRootKey(path: string, options: { isMadeIfMissing: boolean }): RootKeySource {
  return {
    name: `file:${path}`,
    async create() {
      const rootKey = options.isMadeIfMissing ? loadOrMake(path) : load(path);
      return { rootKey, kept: { type: "file" } };
    },
    async open(kept) {
      keptBy("file", kept);
      return load(path);
    },
  };
}

function load(path: string): RootKey {
  const text = readSecretFile(path, "root key");
  if (text !== undefined) return parse(text, path);
  throw new RootKeyError(
    `There is no root key at ${path}.`,
    `${restoreHint} For a new root key: (umask 077; openssl rand -base64 32 > ${path})`,
  );
}

/** Of two processes that start together the first wins and the second reads what it made. */
function loadOrMake(path: string): RootKey {
  if (readSecretFile(path, "root key") !== undefined) return load(path);
  try {
    writePrivateFile(path, `${randomBytes(rootKeyBytes).toString("base64")}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return load(path);
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
