/** Asks at the terminal for what nobody should see: nothing that is typed is shown or kept. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailure, interrupted } from "../failure.ts";

/** What a terminal sends of one paste comes at once. */
const pasteMilliseconds = 50;

/** One line. Several pasted lines are refused: the rest of a key would be lost unseen. */
export async function askSilently(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asked = createInterface({
    input: process.stdin,
    output: nowhere,
    terminal: true,
    historySize: 0,
  });
  // Only now does the terminal show nothing.
  process.stderr.write(`${question} `);
  const lines: string[] = [];
  let isInterrupted = false;
  asked.on("line", (line) => lines.push(line));
  asked.on("SIGINT", () => {
    isInterrupted = true;
    asked.close();
  });
  try {
    await Promise.race([once(asked, "line"), once(asked, "close")]);
    if (lines.length > 0) await sleep(pasteMilliseconds);
  } finally {
    asked.close();
    process.stderr.write("\n");
  }
  if (isInterrupted) throw interrupted();
  if (lines.length > 1) {
    throw new CommandFailure("that is more than one line", "give it as a file: @FILE");
  }
  return lines[0] ?? "";
}
