/**
 * References as they stand in configuration: `ssm:/path/name`, also without `ssm:` where it begins
 * with `/`, `secretsmanager:name`, `env:NAME`, `dotenv:FILE#NAME`, and an ARN of either service.
 * What follows `#` is a field of a value that is JSON.
 */
import { SecretsError } from "../errors.ts";

export interface WrittenReference {
  readonly scheme: "ssm" | "secretsmanager" | "env" | "dotenv";
  /** The parameter's or variable's name, the secret's id, the file. */
  readonly name: string;
  readonly field: string | undefined;
}

export function readReference(written: string): WrittenReference {
  const [, scheme, rest = ""] = /^(ssm|secretsmanager|env|dotenv):(.+)$/s.exec(full(written)) ?? [];
  const at = rest.indexOf("#");
  const name = at < 0 ? rest : rest.slice(0, at);
  const field = at < 0 ? undefined : rest.slice(at + 1);
  const hasField = field !== undefined && field !== "";
  const needsField = scheme === "dotenv";
  const mayHaveField = scheme !== "env";
  const isRight = hasField ? mayHaveField : field === undefined && !needsField;
  if (name === "" || !isRight) throw unreadable();
  return { scheme: scheme as WrittenReference["scheme"], name, field };
}

/** With its scheme. */
function full(written: string): string {
  if (written.startsWith("/")) return `ssm:${written}`;
  const [, service] = /^arn:[^:]+:(ssm|secretsmanager):/.exec(written) ?? [];
  return service === undefined ? written : `${service}:${written}`;
}

/** What was written is not quoted: it may be the secret itself, put where its name belongs. */
function unreadable(): SecretsError {
  return new SecretsError(
    "Invalid",
    "this is no reference: write ssm:/path/name, secretsmanager:name, secretsmanager:name#field, " +
      "env:NAME or dotenv:FILE#NAME",
  );
}
