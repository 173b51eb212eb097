/** Asks before something is changed. */
import { createInterface } from "node:readline/promises";
import { CommandFailure, interrupted } from "../failure.ts";

/**
 * True if whoever sits at the terminal says yes, or `--yes` did. Without either it fails, so that
 * a script never changes anything that nobody agreed to.
 */
export async function isConfirmed(question: string, isYesGiven: boolean): Promise<boolean> {
  if (isYesGiven) return true;
  if (!process.stdin.isTTY) {
    throw new CommandFailure(
      "there is no terminal to confirm at",
      "read the above, then give --yes",
    );
  }
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asked.question(`${question} [y/N] `)).trim());
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    process.stderr.write("\n");
    throw interrupted();
  } finally {
    asked.close();
  }
}
