/**
 * Loaded into a vault before its own code (`--import`, with the folder to write to as the query's
 * `to`): at each SIGUSR2 it collects all garbage and writes the bytes that are left.
 */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";

const to = new URL(import.meta.url).searchParams.get("to");
if (isMainThread && to !== null) {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  let written = 0;
  process.on("SIGUSR2", () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const file = join(to, String(++written));
    writeFileSync(`${file}.part`, String(heapUsed + external));
    renameSync(`${file}.part`, file);
  });
}
