/** How much of a stretch of time a server's main thread has spent collecting garbage. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { temporaryFolder } from "../harness/vault-process.ts";

export interface Collections {
  /** Of the time, in percent; NaN where nobody noted them. */
  readonly collectionPercent: number;
  readonly longestCollectionMilliseconds: number;
}

/** A file for a server's collections, and the words for its Node that have them written there. */
export function noteCollections(): { readonly file: string; readonly nodeOptions: string } {
  const file = join(temporaryFolder("collections"), "noted");
  const preload = pathToFileURL(fileURLToPath(new URL("collections.preload.ts", import.meta.url)));
  preload.searchParams.set("to", file);
  return { file, nodeOptions: `--import=${preload.href}` };
}

/** Those that began between two times, in milliseconds since the epoch. */
export function collectionsIn(file: string | undefined, from: number, to: number): Collections {
  if (file === undefined || !existsSync(file)) {
    return { collectionPercent: Number.NaN, longestCollectionMilliseconds: Number.NaN };
  }
  const pauses = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.split(" ").map(Number) as [number, number])
    .filter(([at]) => at >= from && at < to)
    .map(([, milliseconds]) => milliseconds);
  const total = pauses.reduce((sum, pause) => sum + pause, 0);
  return {
    collectionPercent: (100 * total) / (to - from),
    longestCollectionMilliseconds: Math.max(0, ...pauses),
  };
}
