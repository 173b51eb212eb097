/** How long the garbage collector stops the main thread, by the kind of its work. */
import { constants, PerformanceObserver } from "node:perf_hooks";
import type { Sample } from "./exposition.ts";
import { Histogram } from "./histogram.ts";

/** As Node's own `perf_hooks` names them. */
const kinds: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, "minor"],
  [constants.NODE_PERFORMANCE_GC_MAJOR, "major"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weakcb"],
]);

/** Seconds: from a pause that nobody notices to one that a client's time-out does. */
const pauseBounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1] as const;

export class CollectorPauses {
  readonly #byKind = new Map([...kinds.values()].map((kind) => [kind, new Histogram(pauseBounds)]));
  readonly #observer = new PerformanceObserver((list) => this.#note(list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  samples(): readonly Sample[] {
    return [...this.#byKind].map(([kind, value]) => ({ labels: [kind], value }));
  }

  close(): void {
    this.#observer.disconnect();
  }

  #note(entries: readonly PerformanceEntry[]): void {
    for (const entry of entries) {
      const { kind = 0 } = (entry as { readonly detail?: { readonly kind?: number } }).detail ?? {};
      this.#byKind.get(kinds.get(kind) ?? "")?.observe(entry.duration / 1000);
    }
  }
}
