/** The words that can be typed after each command, as the tree of commands has them. */
import type { Argument, Command, Option } from "commander";
import { referenceForms } from "../stores/reference.ts";

export interface CommandWords {
  /** The words that name the command: empty for claviger itself. */
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly OptionWord[];
  /** Whether a secret or a parameter can stand here; otherwise it may be a file. */
  readonly takesReference: boolean;
}

export interface Word {
  readonly name: string;
  readonly says: string;
}

/** `name` is with its dashes. */
export interface OptionWord extends Word {
  readonly takesValue: boolean;
}

/** Each command of the tree, the whole before its parts. */
export function commandWords(command: Command, path: readonly string[] = []): CommandWords[] {
  const { options, commands } = command;
  const own: CommandWords = {
    path,
    commands: commands.map((each) => ({ name: each.name(), says: each.description() })),
    options: [...options, ...helpOf(command)].filter(({ hidden }) => !hidden).map(wordOf),
    takesReference: command.registeredArguments.some(isReference),
  };
  return [own, ...commands.flatMap((each) => commandWords(each, [...path, each.name()]))];
}

function wordOf({ long, short, description, required, optional }: Option): OptionWord {
  return { name: long ?? short ?? "", says: description, takesValue: required || optional };
}

/** It is in no command's own list. */
function helpOf(command: Command): readonly Option[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long === "--help");
}

function isReference(argument: Argument): boolean {
  const { description } = argument;
  return ["REF", "PREFIX"].includes(argument.name()) || description.startsWith(referenceForms);
}
