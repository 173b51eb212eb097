/** Looks for static keys where a client could find them: in its environment, and in its files. */
import { execPath } from "node:process";
import { type Environment, printed } from "./clients/client.ts";

/** Prints its variables, and the text of each file that one of AWS's names. */
const script = `
  const { readFileSync } = require("node:fs");
  const files = {};
  for (const [name, path] of Object.entries(process.env)) {
    if (/^(AWS|BOTO)_/.test(name) && path.startsWith("/")) files[path] = readFileSync(path, "utf8");
  }
  console.log(JSON.stringify({ environment: process.env, files }));`;

/**
 * What of `secrets`, and of whatever else looks like an access key, a process has in reach that
 * is started as the clients are. `files` are those that were looked into.
 */
export async function staticKeysOf(
  secrets: readonly string[],
  environment: Environment,
  through: readonly string[],
): Promise<{ readonly found: readonly string[]; readonly files: readonly string[] }> {
  const seen = JSON.parse(await printed(environment, [...through, execPath, "--eval", script]));
  const places = [
    ...Object.entries<string>(seen.environment),
    ...Object.entries<string>(seen.files),
  ];
  const found = places
    .filter(([, text]) => secrets.some((secret) => text.includes(secret)) || accessKey.test(text))
    .map(([place]) => place);
  return { found, files: Object.keys(seen.files) };
}

const accessKey = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/;
