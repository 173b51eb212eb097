/**
 * The variables that a command is given: from files, of which a later one wins, and from `--env`,
 * which wins over files. Each is a plain value or a reference that stands to be read.
 */
import { referenceOf } from "../env-files/referenced.ts";
import { variablesIn } from "../env-files/variables.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import type { Values } from "../stores/read-many.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { workloadVariables } from "../workload-environment.ts";

export interface Injected {
  readonly name: string;
  /** For messages: `.env, line 3`, or `--env`. */
  readonly from: string;
  readonly value: Reference | string;
}

/** Throws, naming the place, for what is no variable. Nothing is read from a store here. */
export async function injectedBy(
  files: readonly string[],
  typed: readonly string[],
): Promise<readonly Injected[]> {
  const inFiles = await Promise.all(files.map(variablesIn));
  const byName = new Map<string, Injected>();
  for (const each of [...inFiles.flat(), ...typed.map(readTyped)]) {
    if (each.name === "") {
      throw new CommandFailure(`${each.from} gives no variable a name`, "leave it out");
    }
    byName.set(each.name, each);
  }
  return [...byName.values()];
}

export function referencesIn(injected: readonly Injected[]): readonly Reference[] {
  return injected.flatMap(({ value }) => (typeof value === "string" ? [] : [value]));
}

/** As a child takes them. Throws, naming the variable, for a value that none can hold. */
export function variablesFrom(
  injected: readonly Injected[],
  values: Values,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    injected.map(({ name, value }) => {
      const text = typeof value === "string" ? value : values.get(printed(value));
      if (text === undefined) throw new TypeError(`the value of ${name} was not read`);
      // Node would say so too, and quote the value.
      if (!text.includes("\0")) return [name, text];
      const hint = "no variable can hold one: let the program read it with an AWS SDK";
      throw new CommandFailure(`the value for ${name} has a NUL in it`, hint);
    }),
  );
}

/** A role is all that its command can be: a file must not bring another identity along. */
export function checkIdentity(injected: readonly Injected[], role: string): void {
  const other = injected.filter(({ name }) => workloadVariables.has(name));
  if (other.length === 0) return;
  const named = other.map(({ name, from }) => `${name} (${from})`).join(", ");
  throw new CommandFailure(
    `the command would not be ${role} alone: ${named}`,
    "take them out, since the role stands in for them; or leave --role out",
    exitCodes.wrongWords,
  );
}

/** What was typed may hold a value in the wrong place: it is not told. */
function readTyped(typed: string): Injected {
  const [, name, value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(typed) ?? [];
  if (name === undefined) {
    const hint = "write --env STRIPE_KEY=ssm:/path/name";
    throw new CommandFailure("--env takes NAME=REFERENCE", hint, exitCodes.wrongWords);
  }
  return { name, from: "--env", value: referenceOf(value, `--env: ${name}`) ?? value };
}
