/** The command: `claviger WORD …`. program.ts has its commands; this file runs one and reports. */
import { type Command, CommanderError } from "commander";
import { exitCodes, reportFailure } from "./failure.ts";
import { programFor } from "./program.ts";

// A reader that has seen enough, as head, closes the pipe: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.failed);
});

const program = await programFor(process.argv[2] ?? "");

/** What was typed as far as it names commands, for hints; failures are told in our own form. */
let typed = program.name();
/** The names of the commands in it. */
let below: readonly string[] = [];
settle(program);

try {
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = exitCodes.done;
  else process.exitCode = reportFailure(error, typed, below);
}

function settle(command: Command): void {
  command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .hook("preSubcommand", (_, next) => {
      typed += ` ${next.name()}`;
      below = next.commands.map((each) => each.name());
    });
  for (const below of command.commands) settle(below);
}
