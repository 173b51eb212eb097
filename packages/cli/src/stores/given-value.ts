/** The value that a command is given: `@FILE`, standard input, or a prompt at the terminal. */
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { CommandFailure } from "../failure.ts";
import { askSilently } from "../terminal/ask-silently.ts";
import { isText, readValue, type Value } from "./value.ts";

/** Before anything else is said of a command's words: a message that quotes one would show the value. */
export function refuseValue(file: string | undefined): void {
  if (file !== undefined && !file.startsWith("@")) {
    throw new CommandFailure(
      "a value on the command line would stand in the shell's history and the list of processes",
      "leave it out to be asked for it, pipe it, or give a file that holds it: @FILE",
      2,
    );
  }
}

export async function readGiven(question: string, file: string | undefined): Promise<Value> {
  refuseValue(file);
  const value = await given(question, file?.slice(1));
  if (isText(value) && value.text === "") {
    throw new CommandFailure("the value is empty", "give one on standard input or as @FILE");
  }
  return value;
}

async function given(question: string, path: string | undefined): Promise<Value> {
  if (path !== undefined) return withoutLineEnd(readValue(await readFile(path)));
  if (process.stdin.isTTY) return { text: await askSilently(question) };
  return withoutLineEnd(readValue(await buffer(process.stdin)));
}

/** Of a single line, as `echo` and editors add one that no key has; not of a certificate. */
export function withoutLineEnd(value: Value): Value {
  if (!isText(value)) return value;
  const [, line] = /^([^\r\n]*)\r?\n$/.exec(value.text) ?? [];
  return line === undefined ? value : { text: line };
}
