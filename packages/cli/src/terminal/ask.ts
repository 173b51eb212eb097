/** Asks at the terminal for a line that anybody may see. */
import { createInterface } from "node:readline/promises";
import { interrupted } from "../failure.ts";

/** The line without spaces around it; `preset` where it is empty. */
export async function ask(question: string, preset?: string): Promise<string> {
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const line = await asked.question(
      preset === undefined ? `${question} ` : `${question} [${preset}] `,
    );
    return line.trim() || (preset ?? "");
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    process.stderr.write("\n");
    throw interrupted();
  } finally {
    asked.close();
  }
}
