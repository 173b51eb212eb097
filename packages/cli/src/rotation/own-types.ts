/**
 * The types that an operator describes in the file of `--rotators`. Their rotators' process starts
 * when one is first needed; a description that is wrong is told before the vault starts.
 */
import { readFileSync } from "node:fs";
import { ConfigurationError } from "@claviger/vault";

/** `file` is one that the vault could read. Throws ConfigurationError, in that process's words. */
export async function checkOwnTypes(file: string | undefined): Promise<void> {
  const types: unknown = file && JSON.parse(readFileSync(file, "utf8")).types;
  if (!types) return;
  // Few have any: nobody else's start waits for it.
  const { readOwnDescriptions } = await import("@claviger/rotators/descriptions");
  try {
    readOwnDescriptions(types);
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== "DescriptionError") throw error;
    throw new ConfigurationError(
      `--rotators ${file}: ${message}`,
      "docs/guides/rotation.md shows what it holds",
    );
  }
}
