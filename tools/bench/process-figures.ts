/** What a process has used, as the system tells: CPU time, by thread where it does, and memory. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** CPU time that a process has used, all its threads, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  if (process.platform === "linux") {
    return usedMicroseconds(readFileSync(`/proc/${pid}/stat`, "utf8"));
  }
  const [seconds = 0, minutes = 0, hours = 0] = ps(pid, "cputime").split(":").map(Number).reverse();
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000;
}

/** Of a process and its children, those that have ended included. Only Linux tells. */
export function familyCpuMicroseconds(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
  );
  const living = children.map((child) => usedMicroseconds(statOf(child)));
  // Read last: a child that ended meanwhile is counted twice rather than not at all.
  const own = statOf(`${pid}`);
  return living.reduce((sum, used) => sum + used, usedMicroseconds(own) + endedMicroseconds(own));
}

/** The same by the names of its threads; those of one name together. Only Linux tells. */
export function cpuByThread(pid: number): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  if (process.platform !== "linux") return used;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const stat = statOf(`${pid}/task/${thread}`);
    const [, name] = /\((.*)\)/.exec(stat) ?? [];
    if (name === undefined) continue;
    used.set(name, (used.get(name) ?? 0) + usedMicroseconds(stat));
  }
  return used;
}

export function residentMegabytes(pid: number): number {
  return Number(ps(pid, "rss")) / 1024;
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
  return microsecondsIn(stat, 11);
}

/** Fields 16 and 17: of the children that were waited for. */
function endedMicroseconds(stat: string): number {
  return microsecondsIn(stat, 13);
}

function microsecondsIn(stat: string, at: number): number {
  const fields = stat.split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[at] ?? 0) + Number(fields[at + 1] ?? 0)) * 10_000;
}

function ps(pid: number, field: string): string {
  return execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
}
