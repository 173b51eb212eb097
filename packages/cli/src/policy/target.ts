/**
 * What a policy is generated for, as it is typed: `ssm:/app/prod/token`, `ssm:/app/prod/*` for all
 * below a path (`ssm:` may be left out before a slash), `secretsmanager:prod/stripe`.
 */
import { CommandFailure } from "../failure.ts";

export interface Target {
  readonly service: "ssm" | "secretsmanager";
  /** A parameter's or a secret's name; a path's without its `/*`. */
  readonly name: string;
  /** All parameters below the name. */
  readonly isPath: boolean;
}

export function readTarget(typed: string): Target {
  const full = typed.startsWith("/") ? `ssm:${typed}` : typed;
  const [, service, name = ""] = /^(ssm|secretsmanager):(.+)$/s.exec(full) ?? [];
  if (service === undefined) throw wrong(typed, "what it reads isn't named");
  const isPath = service === "ssm" && name.endsWith("/*");
  const plain = isPath ? name.slice(0, -2) : name;
  if (/[*?]/.test(plain)) throw wrong(typed, "only a parameter's path may end in /*");
  if (service === "ssm") {
    if (!/^[\w.\-/]*$/.test(plain)) throw wrong(typed, "no parameter has such a name");
    if (isPath && !plain.startsWith("/") && plain !== "") {
      throw wrong(typed, "a parameter's path begins with /");
    }
    return { service, name: plain, isPath };
  }
  if (!/^[\w/+=.@-]+$/.test(plain)) throw wrong(typed, "no secret has such a name");
  return { service: "secretsmanager", name: plain, isPath: false };
}

function wrong(typed: string, why: string): CommandFailure {
  const forms = "ssm:/path/name, ssm:/path/* or secretsmanager:name";
  return new CommandFailure(`--for '${typed}': ${why}`, `give ${forms}`, 2);
}
