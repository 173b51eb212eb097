/** The files that hold a key or a passphrase: refused where others may read them. */
import { type PrivateFile, readPrivateFile } from "../../private-file.ts";
import { RootKeyError } from "./root-key.ts";

/** The file's text, or undefined if there is none. `what` names it in refusals. */
export function readSecretFile(
  path: string,
  what: "root key" | "passphrase" | "fallback key",
): string | undefined {
  let file: PrivateFile | undefined;
  try {
    file = readPrivateFile(path);
  } catch {
    throw new RootKeyError(
      `The ${what} at ${path} can't be read.`,
      "Check that it is a file, and its owner.",
    );
  }
  if (file?.openMode !== undefined) {
    throw new RootKeyError(
      `The ${what} at ${path} is open to others (mode ${file.openMode}).`,
      `Take their access away: chmod 600 ${path}`,
    );
  }
  return file?.text;
}
