/** `claviger completion`: the script that completes words of this command in a shell. */
import { Argument, Command, Option } from "commander";
import { bashScript } from "../completion/bash.ts";
import { type CommandWords, commandWords } from "../completion/command-words.ts";
import { fishScript } from "../completion/fish.ts";
import { completions } from "../completion/references.ts";
import { zshScript } from "../completion/zsh.ts";
import { CommandFailure } from "../failure.ts";

const scripts: Readonly<Record<string, (all: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `loadAll` gives the program with every command. */
export function completionCommand(loadAll: () => Promise<Command>): Command {
  return new Command("completion")
    .description("print the script that completes commands and references in a shell")
    .addArgument(new Argument("[SHELL]", "bash, zsh or fish"))
    .addOption(new Option("--references <TYPED>", "for the script").hideHelp())
    .addHelpText(
      "after",
      "\nFor bash, the first example goes into ~/.bashrc; for zsh, its like into ~/.zshrc" +
        "\nafter compinit.",
    )
    .action(async (shell: string | undefined, flags: { readonly references?: string }) => {
      if (flags.references !== undefined) {
        const found = await completions(flags.references);
        process.stdout.write(found.map((each) => `${each}\n`).join(""));
        return;
      }
      const script = scripts[shell ?? ""];
      if (script === undefined) {
        throw new CommandFailure(
          shell === undefined ? "no shell is named" : `'${shell}' is not a shell that it knows`,
          `give one of ${Object.keys(scripts).join(", ")}`,
          2,
        );
      }
      process.stdout.write(script(commandWords(await loadAll())));
    });
}
