/** For development: values from environment variables and from files of `NAME=value` lines. */
import { SecretsError } from "../errors.ts";
import type { Source } from "./source.ts";

/** process.env, as it is at each fetch. */
export function environmentVariable(variable: string): Source<string> {
  return numbered(async () => process.env[variable], `env:${variable}`);
}

/** A file as Node's own --env-file reads it, anew at each fetch. */
export function dotenvVariable(file: string, variable: string): Source<string> {
  const name = `dotenv:${file}#${variable}`;
  return numbered(async () => {
    const { parseEnv } = await import("node:util");
    return parseEnv(await textOf(file, name))[variable];
  }, name);
}

async function textOf(file: string, name: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw missing(name, error);
    const isDenied = code === "EACCES" || code === "EPERM";
    const problem = isDenied ? "may not be read" : "could not be read";
    throw new SecretsError(isDenied ? "AccessDenied" : "Unavailable", `${name} ${problem}`, {
      cause: error,
    });
  }
}

/** Neither has versions: what was read is numbered by how often it changed. */
function numbered(read: () => Promise<string | undefined>, name: string): Source<string> {
  let last: string | undefined;
  let version = 0;
  return {
    async fetch() {
      const raw = await read();
      if (raw === undefined) throw missing(name);
      if (raw !== last) version++;
      last = raw;
      return { raw, version: String(version) };
    },
  };
}

function missing(name: string, cause?: unknown): SecretsError {
  return new SecretsError("NotFound", `${name} does not exist`, { cause });
}
