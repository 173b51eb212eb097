/**
 * The key that fallback copies are sealed under: 32 random bytes in a file of the user's, made when
 * one is first needed. A copy is worth nothing to who has it without this file.
 */
import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import {
  makePrivateFolder,
  type RootKey,
  readSecretFile,
  rootKeyBytes,
  rootKeyFrom,
  writePrivateFile,
} from "@claviger/vault/data-folder";
import { CommandFailure } from "../failure.ts";

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
export function usualKeyFile(): string {
  const base = process.env.XDG_CONFIG_HOME || join(homedir(), ".config");
  return join(base, "claviger", "fallback.key");
}

/** Throws for a file that others may read, and for one that holds no such key. */
export function fallbackKey(path: string): RootKey {
  const line = (readSecretFile(path, "fallback key") ?? make(path)).trim();
  const bytes = Buffer.from(line, "base64");
  if (bytes.length === rootKeyBytes && bytes.toString("base64") === line) return rootKeyFrom(bytes);
  throw new CommandFailure(
    `the file ${path} holds no fallback key (one line, the base64 of ${rootKeyBytes} bytes)`,
    "name another one: --fallback-key; what was sealed under the old one opens with no other",
  );
}

/** Of two that start together the first wins, and the second reads what it made. */
function make(path: string): string {
  if (path === usualKeyFile()) makePrivateFolder(dirname(path));
  const line = `${randomBytes(rootKeyBytes).toString("base64")}\n`;
  try {
    writePrivateFile(path, line);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return readSecretFile(path, "fallback key") ?? "";
  }
  return line;
}
