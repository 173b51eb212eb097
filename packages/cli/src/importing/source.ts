/** The files that are imported: each read once, and what it then was. */
import { readFile, realpath, stat } from "node:fs/promises";
import { type EnvFile, type Format, readEnvFile } from "../env-files/env-file.ts";
import { CommandFailure } from "../failure.ts";

export interface Source {
  /** As it was typed. */
  readonly path: string;
  /** The file itself, behind symbolic links. */
  readonly realPath: string;
  readonly bytes: Uint8Array;
  readonly file: EnvFile;
}

/** More is no file of variables. */
const bytesMax = 4 * 1024 * 1024;

/** A file that is named twice, or through a link, is one. */
export async function readSources(paths: readonly string[], format?: Format): Promise<Source[]> {
  const sources = new Map<string, Source>();
  for (const path of paths) {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new CommandFailure(`${path} is a folder`, "name the files in it");
    }
    // A pipe, as a shell makes of `<(heroku config -s)`, is nowhere else.
    const realPath = found.isFile() ? await realpath(path) : path;
    if (sources.has(realPath)) continue;
    if (found.size > bytesMax) {
      throw new CommandFailure(`${path} is larger than 4 MiB`, "give a file of variables");
    }
    const bytes = await readFile(realPath);
    sources.set(realPath, { path, realPath, bytes, file: readEnvFile(bytes, path, format) });
  }
  return [...sources.values()];
}
