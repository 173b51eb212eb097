/**
 * Load from keep-alive connections, with the server's own CPU time beside it: on a shared machine
 * CPU per request says more than throughput does.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import autocannon from "autocannon";
import type { SignedRequest } from "./signed-request.ts";

export interface Measured {
  readonly requestsPerSecond: number;
  readonly cpuMicroseconds: number;
  /** Of it what the vault's audit thread uses; only Linux tells. */
  readonly auditCpuMicroseconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly residentMegabytes: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly pid: number;
  readonly requests: readonly SignedRequest[];
  readonly seconds: number;
  readonly connections: number;
}

/** Sends the requests in turn for so many seconds. Throws if any is not answered with 200. */
export async function load(options: LoadOptions): Promise<Measured> {
  const cpuBefore = cpuMicroseconds(options.pid);
  const auditBefore = threadCpuMicroseconds(options.pid, auditThread);
  const result = await autocannon({
    url: options.url,
    connections: options.connections,
    duration: options.seconds,
    requests: options.requests.map(({ headers, body }) => ({
      method: "POST",
      path: "/",
      headers,
      body,
    })),
  });
  const answered = result["2xx"];
  if (result.non2xx > 0 || result.errors > 0 || answered === 0) {
    throw new Error(`${result.non2xx} refusals and ${result.errors} errors under load`);
  }
  return {
    requestsPerSecond: answered / result.duration,
    cpuMicroseconds: (cpuMicroseconds(options.pid) - cpuBefore) / answered,
    auditCpuMicroseconds:
      (threadCpuMicroseconds(options.pid, auditThread) - auditBefore) / answered,
    p50Milliseconds: result.latency.p50,
    p99Milliseconds: result.latency.p99,
    residentMegabytes: residentMegabytes(options.pid),
  };
}

/** CPU time that a process has used, all its threads, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  if (process.platform === "linux") {
    return usedMicroseconds(readFileSync(`/proc/${pid}/stat`, "utf8"));
  }
  const [seconds = 0, minutes = 0, hours = 0] = ps(pid, "cputime").split(":").map(Number).reverse();
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000;
}

/** As the vault names it. */
const auditThread = "audit-thread";

/** The same of the process's threads of this name; NaN where the system doesn't tell. */
function threadCpuMicroseconds(pid: number, name: string): number {
  if (process.platform !== "linux") return Number.NaN;
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => statOf(`${pid}/task/${thread}`))
    .filter((stat) => stat.includes(`(${name})`))
    .reduce((sum, stat) => sum + usedMicroseconds(stat), 0);
}

/** "" where a thread has ended since it was listed. */
function statOf(task: string): string {
  try {
    return readFileSync(`/proc/${task}/stat`, "utf8");
  } catch {
    return "";
  }
}

/** Fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms, behind the name in parentheses. */
function usedMicroseconds(stat: string): number {
  const fields = stat.split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

export function residentMegabytes(pid: number): number {
  return Number(ps(pid, "rss")) / 1024;
}

function ps(pid: number, field: string): string {
  return execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
}
