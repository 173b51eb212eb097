/** What was typed behind `claviger`: runs it, and reports a failure. */
import { type Command, CommanderError } from "commander";
import { exitCodes, reportFailure } from "./failure.ts";
import { programFor } from "./program.ts";

/** Resolves with the exit code; a command that has its own has set `process.exitCode`. */
export async function runTyped(words: readonly string[]): Promise<number | undefined> {
  const program = await programFor(words[0] ?? "");
  const typed = new Typed(program);
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    return reportFailure(error, typed.name, typed.below);
  }
}

/** What was typed as far as it names commands, for hints; failures are told in our own form. */
class Typed {
  name: string;
  /** The names of the commands in it. */
  below: readonly string[] = [];

  constructor(program: Command) {
    this.name = program.name();
    this.#settle(program);
  }

  #settle(command: Command): void {
    command
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .hook("preSubcommand", (_, next) => {
        this.name += ` ${next.name()}`;
        this.below = next.commands.map((each) => each.name());
      });
    for (const below of command.commands) this.#settle(below);
  }
}
