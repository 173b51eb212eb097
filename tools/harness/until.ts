import { setTimeout as sleep } from "node:timers/promises";

/** Resolves at a moment of `performance.now()`; at once where that has passed. */
export async function until(moment: number): Promise<void> {
  await sleep(Math.max(0, moment - performance.now()));
}
