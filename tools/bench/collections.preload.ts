/**
 * Loaded into a server before its own code (`--import`, with the file to write as the query's
 * `to`): notes each garbage collection of the main thread, when it ended and how long it took.
 */
import { openSync, writeSync } from "node:fs";
import { PerformanceObserver } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const to = new URL(import.meta.url).searchParams.get("to");
if (isMainThread && to !== null) {
  const file = openSync(to, "a");
  const observer = new PerformanceObserver((list) => {
    let noted = "";
    for (const { startTime, duration } of list.getEntries()) {
      noted += `${Math.round(performance.timeOrigin + startTime)} ${duration.toFixed(3)}\n`;
    }
    writeSync(file, noted);
  });
  observer.observe({ entryTypes: ["gc"] });
}
