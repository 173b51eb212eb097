/**
 * A server under load, with its own CPU time beside it: on a shared machine CPU per request says
 * more than throughput does.
 */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Collections, collectionsIn } from "./collections.ts";
import { cpuMicroseconds, residentMegabytes } from "./process-figures.ts";

export interface Server {
  readonly url: string;
  readonly pid: number;
  /** What `collections.preload.ts` writes in its process; undefined where that is no Node. */
  readonly collectionsFile: string | undefined;
}

export interface LoadPlan {
  readonly url: string;
  /** Whole HTTP requests, a byte to a character. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Evenly, answered or not; as fast as they are answered where it is left out. */
  readonly ratePerSecond?: number | undefined;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly answered: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly maxMilliseconds: number;
}

export interface Measured extends LoadResult, Collections {
  /** Of the server, for one request. */
  readonly cpuMicroseconds: number;
  readonly residentMegabytes: number;
}

/** Throws if any request is not answered with 200. */
export async function load(server: Server, plan: Omit<LoadPlan, "url">): Promise<Measured> {
  const cpuBefore = cpuMicroseconds(server.pid);
  const startedAt = Date.now();
  const result = await run({ ...plan, url: server.url });
  return {
    ...result,
    ...collectionsIn(server.collectionsFile, startedAt, Date.now()),
    cpuMicroseconds: (cpuMicroseconds(server.pid) - cpuBefore) / result.answered,
    residentMegabytes: residentMegabytes(server.pid),
  };
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const script = fileURLToPath(new URL("load.child.ts", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(plan));
  const printed = await text(child.stdout);
  if (printed === "") throw new Error("a request was refused under load");
  return JSON.parse(printed);
}

/** The median of each figure over the rounds. */
export function medians(rounds: readonly Measured[]): Measured {
  const [first] = rounds;
  if (first === undefined) throw new Error("nothing was measured");
  const names = Object.keys(first) as (keyof Measured)[];
  return Object.fromEntries(
    names.map((name) => [name, median(rounds.map((round) => round[name]))]),
  ) as unknown as Measured;
}

export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
