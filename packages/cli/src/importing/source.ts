/** The files that are imported: each read once, and what it then was. */
import { readFile, realpath } from "node:fs/promises";
import { type EnvFile, type Format, readEnvFile } from "../env-files/env-file.ts";

export interface Source {
  /** As it was typed. */
  readonly path: string;
  /** The file itself, behind symbolic links. */
  readonly realPath: string;
  readonly bytes: Uint8Array;
  readonly file: EnvFile;
}

/** A file that is named twice, or through a link, is one. */
export async function readSources(paths: readonly string[], format?: Format): Promise<Source[]> {
  const sources = new Map<string, Source>();
  for (const path of paths) {
    const realPath = await realpath(path);
    if (sources.has(realPath)) continue;
    const bytes = await readFile(realPath);
    sources.set(realPath, { path, realPath, bytes, file: readEnvFile(bytes, path, format) });
  }
  return [...sources.values()];
}
