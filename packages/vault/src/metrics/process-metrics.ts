/** What the process takes: CPU, memory, how late and how busy its event loop runs. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { CollectorPauses } from "./collector-pauses.ts";
import type { Sample } from "./exposition.ts";
import type { FamilyName } from "./families.ts";

const resolutionMilliseconds = 20;
const quantiles = ["0.5", "0.99", "1"] as const;

export class ProcessMetrics {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMilliseconds });
  readonly #pauses = new CollectorPauses();

  constructor() {
    this.#delay.enable();
  }

  samples() {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const delays = quantiles.map((quantile) => one(this.#delayAt(Number(quantile)), quantile));
    this.#delay.reset();
    return {
      eventLoopDelay: delays,
      eventLoopActive: [one(performance.eventLoopUtilization().active / 1000)],
      gcDuration: this.#pauses.samples(),
      cpu: [one((user + system) / 1e6)],
      residentMemory: [one(rss)],
      heapUsed: [one(heapUsed)],
      heapTotal: [one(heapTotal)],
      heapLimit: [one(getHeapStatistics().heap_size_limit)],
      externalMemory: [one(external)],
      startTime: [one(performance.timeOrigin / 1000)],
    } satisfies Partial<Record<FamilyName, readonly Sample[]>>;
  }

  close(): void {
    this.#delay.disable();
    this.#pauses.close();
  }

  /** What is measured is the time from one tick to the next, so that a tick is no delay. */
  #delayAt(quantile: number): number {
    if (this.#delay.count === 0) return 0;
    const seconds = this.#delay.percentile(quantile * 100) / 1e9;
    return Math.max(0, seconds - resolutionMilliseconds / 1000);
  }
}

export function one(value: number, ...labels: readonly string[]): Sample {
  return { labels, value };
}
