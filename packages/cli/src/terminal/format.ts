/** `--format`: text for people, json for programs. */
import { CommandFailure } from "../failure.ts";

export function readFormat(typed: string): "text" | "json" {
  if (typed === "text" || typed === "json") return typed;
  throw new CommandFailure(`'${typed}' is not a format`, "give text or json", 2);
}
