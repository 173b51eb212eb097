/**
 * Which secret or parameter is meant, as it is typed: `ssm:/path/name`, also without `ssm:` where
 * it begins with `/`, `secretsmanager:name`, and `secretsmanager:name#field` for one field of JSON.
 */
import { CommandFailure } from "../failure.ts";

export interface Reference {
  readonly service: "ssm" | "secretsmanager";
  readonly name: string;
  /** Of a secret whose value is a JSON object. */
  readonly field: string | undefined;
}

/** What help texts call it. */
export const referenceForms = "ssm:/path/name, /path/name or secretsmanager:name";

export function readReference(typed: string): Reference {
  const reference = readForReading(typed);
  if (reference.service === "ssm" && reference.field !== undefined) {
    throw wrong(typed, "only a secret's fields can be named");
  }
  return reference;
}

/** What stands for a value that is only read may also be a field of a parameter that holds JSON. */
export function readForReading(typed: string): Reference {
  const full = typed.startsWith("/") ? `ssm:${typed}` : typed;
  const [, service, rest = ""] = /^(ssm|secretsmanager):(.+)$/s.exec(full) ?? [];
  const [, name = "", , field] = /^([^#]*)(#(.*))?$/s.exec(rest) ?? [];
  if (service === "ssm") {
    if (!/^[\w.\-/]+$/.test(name)) throw wrong(typed, "no parameter has such a name");
  } else if (service === "secretsmanager") {
    // AWS's services name theirs with an exclamation mark, as rds!db-….
    if (!/^[\w/+=.@!-]+$/.test(name)) throw wrong(typed, "no secret has such a name");
  } else throw wrong(typed, "neither a secret nor a parameter");
  if (field === "") throw wrong(typed, "the field isn't named");
  return { service, name, field };
}

/** As references stand in files: with the store's name, since a path alone may be any path. */
export function isReference(text: string): boolean {
  return /^(ssm:[\w.\-/]+|secretsmanager:[\w/+=.@!-]+)(#.+)?$/s.test(text);
}

/** For what is done to secrets and parameters as a whole. */
export function readWhole(typed: string): Reference {
  const reference = readReference(typed);
  if (reference.field === undefined) return reference;
  throw new CommandFailure(
    `'${typed}': a field has no life of its own`,
    `give the whole secret: ${printed({ ...reference, field: undefined })}`,
    2,
  );
}

/** As it can be typed again. */
export function printed({ service, name, field }: Reference): string {
  return `${service}:${name}${field === undefined ? "" : `#${field}`}`;
}

function wrong(typed: string, why: string): CommandFailure {
  return new CommandFailure(
    `'${typed}': ${why}`,
    `give ${referenceForms}, or secretsmanager:name#field`,
    2,
  );
}
