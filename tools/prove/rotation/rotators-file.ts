/** A file for `--rotators`: the weather example's types, at one provider or several, and functions. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rotatorsAt } from "../../../examples/weather/src/rotators-file.ts";
import { functionArn } from "../../harness/lambda.ts";
import { temporaryFolder } from "../../harness/vault-process.ts";

export interface Rotators {
  readonly providerUrl?: string;
  /** Other providers, by what metadata `site` names them. */
  readonly sites?: Readonly<Record<string, string>>;
  /** Of functions, by name. */
  readonly endpoints?: Readonly<Record<string, string>>;
}

/** Its path. */
export function rotatorsFile(rotators: Rotators): string {
  const { providerUrl = "http://127.0.0.1", sites = {}, endpoints = {} } = rotators;
  const functions = Object.entries(endpoints).map(
    ([name, endpoint]) => [functionArn(name), { endpoint }] as const,
  );
  const { types } = rotatorsAt(providerUrl, { sites });
  const path = join(temporaryFolder("rotators"), "rotators.json");
  writeFileSync(path, JSON.stringify({ types, functions: Object.fromEntries(functions) }));
  return path;
}
