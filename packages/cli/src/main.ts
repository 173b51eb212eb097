/** The command: `claviger WORD …`. program.ts has its commands; typed.ts runs one and reports. */
import { exitCodes } from "./failure.ts";
import { runTyped } from "./typed.ts";

// A reader that has seen enough, as head, closes the pipe: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.failed);
});

const exitCode = await runTyped(process.argv.slice(2));
if (exitCode !== undefined) process.exitCode = exitCode;
