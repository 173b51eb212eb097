/** `--format`: text for people, json for programs. */
import { CommandFailure } from "../failure.ts";

export function readFormat(typed: string): "text" | "json" {
  if (typed === "text" || typed === "json") return typed;
  throw new CommandFailure(`'${typed}' is not a format`, "give text or json", 2);
}

/** Data for programs, alone on standard output. */
export function printJson(data: unknown): void {
  process.stdout.write(`${JSON.stringify(data, undefined, 2)}\n`);
}

/** What a command did: data for programs, or a line for people, who may be piping the rest. */
export function printOutcome(
  format: "text" | "json",
  outcome: { readonly text: string; readonly json: object },
): void {
  if (format === "json") printJson(outcome.json);
  else process.stderr.write(`${outcome.text}\n`);
}

/** For flags that may be repeated. */
export function collect(typed: string, before: readonly string[] = []): readonly string[] {
  return [...before, typed];
}
