/** What a process holds, each second, and whether that grows. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterNode } from "../harness/cluster.ts";
import { metricsOf } from "../harness/node-metrics.ts";

export interface MemorySample {
  readonly pid: number;
  /** Of `performance.now()`. */
  readonly at: number;
  readonly residentMegabytes: number;
  /** JavaScript's heap in use, garbage included. */
  readonly heapMegabytes: number;
}

/** Until it is told to end. A node that does not answer now has no sample of now. */
export async function sampleMemory(node: ClusterNode, end: AbortSignal): Promise<MemorySample[]> {
  const samples: MemorySample[] = [];
  while (!end.aborted) {
    if (node.isUp) {
      const sample = await sampleOf(node).catch(() => undefined);
      if (sample !== undefined) samples.push(sample);
    }
    await sleep(1000, undefined, { signal: end }).catch(() => {});
  }
  return samples;
}

async function sampleOf({ vault }: ClusterNode): Promise<MemorySample> {
  const metrics = await metricsOf(vault);
  const megabytes = (family: string) => (metrics.get(family) ?? Number.NaN) / 2 ** 20;
  return {
    pid: vault.pid,
    at: performance.now(),
    residentMegabytes: megabytes("process_resident_memory_bytes"),
    heapMegabytes: megabytes("nodejs_heap_size_used_bytes"),
  };
}

export interface Fifth {
  /** Medians. */
  readonly residentMegabytes: number;
  /** The lowest tenth: what is left when the garbage has just been collected. */
  readonly heapMegabytes: number;
}

export const fifthNames = ["first", "second", "third", "fourth", "last"] as const;

/** Moments of `performance.now()`. */
export interface Span {
  readonly beganAt: number;
  readonly endedAt: number;
}

/**
 * The run in fifths, of the process that ran longest; undefined where it did not run yet, or any
 * more, for most of it.
 */
export function fifths(
  samples: readonly MemorySample[],
  { beganAt, endedAt }: Span,
): (Fifth | undefined)[] {
  const byProcess = [...Map.groupBy(samples, ({ pid }) => pid).values()];
  const [longest = []] = byProcess.sort((one, other) => other.length - one.length);
  const length = (endedAt - beganAt) / fifthNames.length;
  return fifthNames.map((_, at) => {
    const from = beganAt + at * length;
    const inside = longest.filter(({ at: time }) => time >= from && time < from + length);
    if (inside.length < length / 1000 / 2) return undefined;
    return {
      residentMegabytes: quantile(
        inside.map(({ residentMegabytes }) => residentMegabytes),
        0.5,
      ),
      heapMegabytes: quantile(
        inside.map(({ heapMegabytes }) => heapMegabytes),
        0.1,
      ),
    };
  });
}

export function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
